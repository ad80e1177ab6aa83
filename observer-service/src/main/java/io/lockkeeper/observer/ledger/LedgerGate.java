package io.lockkeeper.observer.ledger;

import java.time.Instant;
import java.util.Optional;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;

/** @param marker WAL position of the message that the executor wrote when it opened this attempt */
public record LedgerGate(Gate gate, int attempt, State state, String planHash, Lsn marker, Instant openedAt,
        Optional<Instant> passedAt, Optional<String> verdict) {

    public enum State {
        OPEN, PASSED, CLOSED
    }

    public boolean open() {
        return state == State.OPEN;
    }
}
