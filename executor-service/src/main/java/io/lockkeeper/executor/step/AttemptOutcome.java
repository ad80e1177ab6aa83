package io.lockkeeper.executor.step;

import io.lockkeeper.target.SqlState;

/** How one attempt ended, as {@code lockkeeper.attempt.outcome} has it. */
public enum AttemptOutcome {
    SUCCEEDED, LOCK_TIMEOUT, DEADLOCK, FAILED, INTERRUPTED;

    static AttemptOutcome of(SqlState state) {
        return switch (state) {
            case LOCK_NOT_AVAILABLE -> LOCK_TIMEOUT;
            case DEADLOCK, SERIALIZATION, CONCURRENT_CATALOG_UPDATE -> DEADLOCK;
            case CANCELLED, CONNECTION_LOST, FENCED -> INTERRUPTED;
            case SERVER_BUSY, INSUFFICIENT_PRIVILEGE, UNDEFINED_OBJECT, FILE_CHANGED, OTHER -> FAILED;
        };
    }
}
