package io.lockkeeper.executor.run;

import java.time.Instant;
import java.util.Optional;

import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.StepState;

/** A step as the ledger shows it. {@code attempts} counts the tries that were begun. */
public record StepView(String id, StepState state, int attempts, Optional<Lsn> marker, Optional<Long> rows,
        Optional<Failure> failure, Optional<Instant> startedAt, Optional<Instant> finishedAt) {

    public static StepView untouched(String id) {
        return new StepView(id, StepState.PENDING, 0, Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty());
    }

    /** Begun and neither succeeded nor taken back: something of it may stand in the catalog. */
    public boolean halfDone() {
        return switch (state) {
            case RUNNING, WAITING_FOR_LOCK, THROTTLED, FAILED -> true;
            case PENDING, SUCCEEDED, SKIPPED, REVERTED -> false;
        };
    }
}
