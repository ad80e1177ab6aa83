package io.lockkeeper.messages;

public enum StepState {
    PENDING, RUNNING, WAITING_FOR_LOCK, THROTTLED, WAITING_FOR_GATE, SUCCEEDED, FAILED, SKIPPED, REVERTED;

    public boolean done() {
        return this == SUCCEEDED || this == SKIPPED;
    }
}
