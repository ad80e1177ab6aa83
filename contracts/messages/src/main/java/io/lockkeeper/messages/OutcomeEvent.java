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
            Optional<String> reason, Instant at) implements OutcomeEvent {}

    /** A plan was not claimed: another run is open, the target is not the one planned for, or the plan is void. */
    record RunRefused(String target, String release, String run, String planHash, Failure failure,
            Instant at) implements OutcomeEvent {}

    /** What CI waits for. */
    record MilestoneReached(String target, String release, String run, Milestone milestone,
            Instant at) implements OutcomeEvent {

        public enum Milestone {
            /** Every expand step is done: new code may be deployed as a writer. */
            @JsonProperty("expanded")
            EXPANDED,
            /** Data is moved: new code may read the new shape. */
            @JsonProperty("migrated")
            MIGRATED, @JsonProperty("completed")
            COMPLETED
        }
    }

    /** @param marker WAL position of the step's marker, once it is written; {@code rows} changed by a data step */
    record StepChanged(String target, String release, String run, String step, StepState state, int attempt,
            Optional<Failure> failure, Optional<Lsn> marker, Optional<Long> rows, Duration took,
            Instant at) implements OutcomeEvent {}

    /** @param unit what is counted: {@code blocks}, {@code rows} */
    record StepProgressed(String target, String release, String run, String step, long done, long total, String unit,
            long rows, double rowsPerSecond, Instant at) implements OutcomeEvent {}

    /** One attempt to take a lock had to wait, or made others wait. */
    record LockWaited(String target, String release, String run, String step, int attempt, RelationName relation,
            LockMode mode, boolean acquired, Duration waited, List<Blocker> blockers, List<Victim> victims,
            Instant at) implements OutcomeEvent {

        /** Who held us up. {@code queryId} as {@code pg_stat_statements} has it; never query text. */
        public record Blocker(int pid, String application, String user, String state, Duration transactionAge,
                Optional<Long> queryId) {}

        /** Who waited behind us, and for how long. */
        public record Victim(int pid, String application, Duration waited) {}

        public LockWaited {
            blockers = List.copyOf(blockers);
            victims = List.copyOf(victims);
        }
    }

    /** A gate is open for judgement: this is what a verdict must match, field by field. */
    record GateOpened(String target, String release, String run, Gate gate, int gateAttempt, String planHash,
            Lsn marker,
            Instant at) implements OutcomeEvent {}

    record GatePassed(String target, String release, String run, Gate gate, int gateAttempt, String verdict,
            Instant at) implements OutcomeEvent {}

    /** Nobody has judged the gate in time; it stays closed. */
    record GateOverdue(String target, String release, String run, Gate gate, int gateAttempt, Duration open,
            Instant at) implements OutcomeEvent {}
}
