package io.lockkeeper.executor.run;

import java.time.Instant;
import java.util.Optional;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;

/**
 * One attempt at a gate.
 *
 * @param verdict id of the GO that opened it
 */
public record GateView(Gate gate, int attempt, State state, String planHash, Lsn marker, Optional<String> verdict,
        Instant openedAt, boolean overdueSaid) {

    public enum State {
        /** Waits to be judged. */
        OPEN,
        PASSED,
        /** Superseded by a further attempt, or the run ended. */
        CLOSED
    }
}
