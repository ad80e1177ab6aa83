package io.lockkeeper.messages;

/**
 * The life of a step. SUCCEEDED and SKIPPED are done; only an abort or revert takes a done step to REVERTED, and only a
 * quarantine that was lifted becomes PENDING again.
 */
public enum StepState {
    PENDING, RUNNING, WAITING_FOR_LOCK, THROTTLED, SUCCEEDED, FAILED, SKIPPED, REVERTED;

    public boolean done() {
        return this == SUCCEEDED || this == SKIPPED;
    }
}
