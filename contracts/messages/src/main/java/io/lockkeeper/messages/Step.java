package io.lockkeeper.messages;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One step of a plan.
 *
 * @param id              stable within the plan, in running order: {@code 010-create-index-orders_status_idx}
 * @param title           one line for people
 * @param gate            what must be GO before it runs; steps without a gate run at once
 * @param locks           what it takes, strongest first; the executor takes them explicitly before it acts
 * @param undo            how to take it back while that is possible
 * @param validation      SQL that must return no rows once the step is done
 * @param pointOfNoReturn from here on a revert loses data
 * @param source          the statement it came from
 * @param estimate        for people; not part of the plan's hash
 */
public record Step(String id, Phase phase, String title, Optional<Gate> gate, Action action,
        @JsonProperty(defaultValue = "[]") List<LockClaim> locks, Optional<Undo> undo, Optional<String> validation,
        boolean pointOfNoReturn, Optional<Source> source,
        Optional<Estimate> estimate) {

    public record LockClaim(RelationName relation, LockMode mode) {

        public LockClaim {
            Texts.required(relation, "lock.relation");
            Texts.required(mode, "lock.mode");
        }
    }

    /**
     * @param actions  in running order; none where there is nothing to take back
     * @param locks    what its actions take, strongest first; the executor takes them explicitly before each that commits
     *                 with its ledger row
     * @param lossless false where rows or meaning written since would be lost
     * @param note     for people
     */
    public record Undo(List<Action> actions, @JsonProperty(defaultValue = "[]") List<LockClaim> locks, boolean lossless,
            @JsonProperty(defaultValue = "") String note) {

        public Undo {
            actions = Texts.list(actions, "undo.actions");
            locks = Texts.listOrEmpty(locks, "undo.locks");
            note = Texts.orEmpty(note);
        }
    }

    /** @param line 1-based line of the statement's first word; {@code statement} counts from 1 within the file */
    public record Source(String path, int line, int statement) {

        public Source {
            Texts.required(path, "source.path");
            Texts.atLeast(1, line, "source.line");
            Texts.atLeast(1, statement, "source.statement");
        }
    }

    /**
     * @param rows     the catalog's estimate, {@code bytes} the relation's size on disk
     * @param duration how long reading, writing or building takes, without waiting for locks and gates
     * @param walBytes written to the write-ahead log
     * @param basis    where the speed comes from: earlier runs, or an assumption
     */
    public record Estimate(long rows, long bytes, Optional<Duration> duration, Optional<Long> walBytes,
            Optional<String> basis) {

        /** Sizes alone. */
        public Estimate(long rows, long bytes) {
            this(rows, bytes, Optional.empty(), Optional.empty(), Optional.empty());
        }

        public Estimate {
            Texts.atLeast(0, rows, "estimate.rows");
            Texts.atLeast(0, bytes, "estimate.bytes");
            duration = Texts.optional(duration);
            walBytes = Texts.optional(walBytes);
            basis = Texts.optional(basis);
            duration.ifPresent(time -> Texts.notNegative(time, "estimate.duration"));
            walBytes.ifPresent(wal -> Texts.atLeast(0, wal, "estimate.walBytes"));
        }
    }

    /** What taking it back would lose, or leave as it is; empty where all is as before. */
    public Optional<String> lossOfUndo() {
        if (action instanceof Action.CreatePublication || action instanceof Action.Check
                || action instanceof Action.Conclude || undo.filter(Undo::lossless).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(id + " (" + title + "): " + undo.map(Undo::note).filter(note -> !note.isEmpty())
                .orElse("what it has done stays"));
    }

    public Step {
        Texts.required(id, "step.id");
        Texts.required(phase, "step.phase");
        Texts.required(title, "step.title");
        Texts.required(action, "step.action");
        gate = Texts.optional(gate);
        locks = Texts.listOrEmpty(locks, "step.locks");
        undo = Texts.optional(undo);
        validation = Texts.optional(validation);
        source = Texts.optional(source);
        estimate = Texts.optional(estimate);
    }
}
