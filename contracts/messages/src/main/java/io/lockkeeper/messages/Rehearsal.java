package io.lockkeeper.messages;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a scratch server said when it ran the plan on a copy of the target's schema: up to the point of no return, back by
 * its undo, forward to the end, and beside it the statements as written. Evidence beside the plan, never part of its hash.
 *
 * @param planHash      the plan that was rehearsed
 * @param serverVersion the scratch server's {@code server_version_num}
 * @param notRecreated  what the scratch database lacks, with the reason; nothing that the plan touches
 * @param sampledRows   rows of the target that the plan ran on; 0 where only the schema was copied
 */
public record Rehearsal(String planHash, int serverVersion, List<StepTrace> steps, List<StatementTrace> statements,
        @JsonProperty(defaultValue = "[]") List<DownFile> downFiles,
        @JsonProperty(defaultValue = "[]") List<String> notRecreated, long sampledRows) {

    /**
     * @param locks    the strongest lock really held on each relation that was there before the step
     * @param rewrites relations whose file was really replaced
     */
    public record StepTrace(String step, List<Step.LockClaim> locks, List<RelationName> rewrites) {

        public StepTrace {
            Texts.required(step, "trace.step");
            locks = Texts.list(locks, "trace.locks");
            rewrites = Texts.list(rewrites, "trace.rewrites");
        }
    }

    /** As {@link StepTrace}, of a statement as written. */
    public record StatementTrace(Step.Source source, List<Step.LockClaim> locks, List<RelationName> rewrites) {

        public StatementTrace {
            Texts.required(source, "trace.source");
            locks = Texts.list(locks, "trace.locks");
            rewrites = Texts.list(rewrites, "trace.rewrites");
        }
    }

    /**
     * The team's own down file, run after its up file.
     *
     * @param note        why it is called so
     * @param differences facts of the catalog that it leaves behind ({@code +}) or does not bring back ({@code -})
     * @param ourUndo     what Lockkeeper's undo does instead
     */
    public record DownFile(String version, String path, DownVerdict verdict, String note,
            @JsonProperty(defaultValue = "[]") List<String> differences, String ourUndo) {

        public DownFile {
            Texts.required(version, "downFile.version");
            Texts.required(path, "downFile.path");
            Texts.required(verdict, "downFile.verdict");
            Texts.required(note, "downFile.note");
            differences = Texts.listOrEmpty(differences, "downFile.differences");
            Texts.required(ourUndo, "downFile.ourUndo");
        }
    }

    public enum DownVerdict {
        /** Up, then down: the catalog is as before, and nothing was dropped in between. */
        @JsonProperty("restores")
        RESTORES,
        /** The catalog is as before, the data are not. */
        @JsonProperty("lossy")
        LOSSY,
        /** It fails, or leaves another catalog. */
        @JsonProperty("fiction")
        FICTION,
        /** There is none. */
        @JsonProperty("missing")
        MISSING
    }

    public Rehearsal {
        Texts.required(planHash, "rehearsal.planHash");
        steps = Texts.list(steps, "rehearsal.steps");
        statements = Texts.list(statements, "rehearsal.statements");
        downFiles = Texts.listOrEmpty(downFiles, "rehearsal.downFiles");
        notRecreated = Texts.listOrEmpty(notRecreated, "rehearsal.notRecreated");
        Texts.atLeast(0, sampledRows, "rehearsal.sampledRows");
    }

    /** What a plan refers to it by. */
    public String hash() {
        return PlanHash.of(this);
    }
}
