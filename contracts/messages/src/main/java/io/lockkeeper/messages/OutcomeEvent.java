package io.lockkeeper.messages;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the executor did. Ids derive from ledger rows, so that a second publication is the same event. */
public sealed interface OutcomeEvent extends Message {

    String run();

    Instant at();

    /** The run moved on; {@code reason} says why where a person will ask. */
    record RunChanged(String target, String release, String run, String planHash, RunState state,
            Optional<String> reason, Instant at) implements OutcomeEvent {

        public RunChanged {
            require(target, release, run, at);
            Texts.required(planHash, "planHash");
            Texts.required(state, "state");
            reason = Texts.optional(reason);
        }
    }

    /**
     * A plan was not claimed: another run is open, the target is not the one planned for, or the plan is void.
     *
     * @param run the id that the refused run would have had
     */
    record RunRefused(String target, String release, String run, String planHash, Failure failure,
            Instant at) implements OutcomeEvent {

        public RunRefused {
            require(target, release, run, at);
            Texts.required(planHash, "planHash");
            Texts.required(failure, "failure");
        }
    }

    /**
     * What was found when the database was looked at before the run's first step.
     *
     * @param number counts from 1; a further look comes after a resume
     * @param passed no finding halts the run
     */
    record PreflightDone(String target, String release, String run, int number, boolean passed, List<Finding> findings,
            Instant at) implements OutcomeEvent {

        public enum Status {
            @JsonProperty("ok")
            OK,
            @JsonProperty("warn")
            WARN,
            /** Halts the run. */
            @JsonProperty("fail")
            FAIL,
            /** Could not be looked at. */
            @JsonProperty("unknown")
            UNKNOWN
        }

        /**
         * @param check   stable name
         * @param message what was found, and what to do about it
         */
        public record Finding(String check, Status status, String message) {

            public Finding {
                Texts.required(check, "finding.check");
                Texts.required(status, "finding.status");
                Texts.required(message, "finding.message");
            }
        }

        public PreflightDone {
            require(target, release, run, at);
            Texts.atLeast(1, number, "number");
            findings = Texts.listNotEmpty(findings, "findings");
        }
    }

    /** What CI waits for. */
    record MilestoneReached(String target, String release, String run, Milestone milestone,
            Instant at) implements OutcomeEvent {

        public enum Milestone {
            /** Every expand step is done: new code may be deployed as a writer. */
            @JsonProperty("expanded")
            EXPANDED,
            /** Data is moved: new code may read the new shape. */
            @JsonProperty("migrated")
            MIGRATED,
            @JsonProperty("completed")
            COMPLETED
        }

        public MilestoneReached {
            require(target, release, run, at);
            Texts.required(milestone, "milestone");
        }
    }

    /**
     * @param attempt counts from 1; 0 before the first
     * @param marker  WAL position of the step's marker, once it is written
     * @param rows    changed so far by a data step
     * @param took    time since the attempt began; zero before
     */
    record StepChanged(String target, String release, String run, String step, StepState state, int attempt,
            Optional<Failure> failure, Optional<Lsn> marker, Optional<Long> rows, Duration took,
            Instant at) implements OutcomeEvent {

        public StepChanged {
            require(target, release, run, at);
            Texts.required(step, "step");
            Texts.required(state, "state");
            Texts.atLeast(0, attempt, "attempt");
            Texts.notNegative(took, "took");
            failure = Texts.optional(failure);
            marker = Texts.optional(marker);
            rows = Texts.optional(rows);
        }
    }

    /**
     * @param done  of {@code total}, both in {@code unit}; a table that grows makes {@code done} pass {@code total}
     * @param total 0 where it is not known
     * @param unit  what is counted: {@code blocks}, {@code rows}
     * @param rows  changed so far
     */
    record StepProgressed(String target, String release, String run, String step, long done, long total, String unit,
            long rows, double rowsPerSecond, Instant at) implements OutcomeEvent {

        public StepProgressed {
            require(target, release, run, at);
            Texts.required(step, "step");
            Texts.required(unit, "unit");
            Texts.atLeast(0, done, "done");
            Texts.atLeast(0, total, "total");
            Texts.atLeast(0, rows, "rows");
            Texts.atLeast(0, rowsPerSecond, "rowsPerSecond");
        }
    }

    /**
     * One attempt to take a lock had to wait, or made others wait.
     *
     * @param attempt  of the step, counts from 1
     * @param acquired false where the attempt gave up; the step tries again
     */
    record LockWaited(String target, String release, String run, String step, int attempt, RelationName relation,
            LockMode mode, boolean acquired, Duration waited, @JsonProperty(defaultValue = "[]") List<Blocker> blockers,
            @JsonProperty(defaultValue = "[]") List<Victim> victims,
            Instant at) implements OutcomeEvent {

        /**
         * Who held us up, as {@code pg_stat_activity} shows it: texts are empty where the server has none, as for its
         * own workers, or where we may not see them.
         *
         * @param transactionAge zero where it is in no transaction
         * @param queryId        as {@code pg_stat_statements} has it; never query text
         */
        public record Blocker(int pid, @JsonProperty(defaultValue = "") String application,
                @JsonProperty(defaultValue = "") String user, @JsonProperty(defaultValue = "") String state,
                @JsonProperty(defaultValue = "PT0S") Duration transactionAge, Optional<Long> queryId) {

            public Blocker {
                application = Texts.orEmpty(application);
                user = Texts.orEmpty(user);
                state = Texts.orEmpty(state);
                transactionAge = transactionAge == null ? Duration.ZERO : transactionAge;
                Texts.notNegative(transactionAge, "blocker.transactionAge");
                queryId = Texts.optional(queryId);
            }
        }

        /** Who waited behind us, and for how long; {@code application} as for {@link Blocker}. */
        public record Victim(int pid, @JsonProperty(defaultValue = "") String application, Duration waited) {

            public Victim {
                application = Texts.orEmpty(application);
                Texts.notNegative(waited, "victim.waited");
            }
        }

        public LockWaited {
            require(target, release, run, at);
            Texts.required(step, "step");
            Texts.atLeast(1, attempt, "attempt");
            Texts.required(relation, "relation");
            Texts.required(mode, "mode");
            Texts.notNegative(waited, "waited");
            blockers = Texts.listOrEmpty(blockers, "blockers");
            victims = Texts.listOrEmpty(victims, "victims");
        }
    }

    /** A gate is open for judgement: this is what a verdict must match, field by field. */
    record GateOpened(String target, String release, String run, Gate gate, int gateAttempt, String planHash,
            Lsn marker,
            Instant at) implements OutcomeEvent {

        public GateOpened {
            require(target, release, run, at);
            requireGate(gate, gateAttempt);
            Texts.required(planHash, "planHash");
            Texts.required(marker, "marker");
        }
    }

    /** @param verdict event id of the verdict that was taken */
    record GatePassed(String target, String release, String run, Gate gate, int gateAttempt, String verdict,
            Instant at) implements OutcomeEvent {

        public GatePassed {
            require(target, release, run, at);
            requireGate(gate, gateAttempt);
            Texts.required(verdict, "verdict");
        }
    }

    /**
     * Nobody has judged the gate in time; it stays closed.
     *
     * @param open for how long it has been
     */
    record GateOverdue(String target, String release, String run, Gate gate, int gateAttempt, Duration open,
            Instant at) implements OutcomeEvent {

        public GateOverdue {
            require(target, release, run, at);
            requireGate(gate, gateAttempt);
            Texts.notNegative(open, "open");
        }
    }

    private static void require(String target, String release, String run, Instant at) {
        Texts.required(target, "target");
        Texts.required(release, "release");
        Texts.required(run, "run");
        Texts.required(at, "at");
    }

    private static void requireGate(Gate gate, int gateAttempt) {
        Texts.required(gate, "gate");
        Texts.atLeast(1, gateAttempt, "gateAttempt");
    }
}
