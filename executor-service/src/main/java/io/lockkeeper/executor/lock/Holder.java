package io.lockkeeper.executor.lock;

import java.time.Duration;
import java.util.Optional;

import io.lockkeeper.messages.OutcomeEvent.LockWaited.Blocker;
import io.lockkeeper.messages.Step.LockClaim;

/** Somebody who holds, or waits before us for, a lock that conflicts with {@code claim}. */
public record Holder(Kind kind, LockClaim claim, Blocker blocker) {

    public enum Kind {
        SESSION,
        /** On a standby; {@code application} says on which. */
        REPLICA_SESSION,
        /** {@code pid} is 0; {@code application} names the transaction. */
        PREPARED_TRANSACTION,
        /** Yields when it blocks a lock request for longer than {@code deadlock_timeout}. */
        AUTOVACUUM,
        /** Anti-wraparound: does not yield. */
        WRAPAROUND_VACUUM
    }

    static Blocker blocker(int pid, String application, String user, String state, Duration age, Long queryId) {
        return new Blocker(pid, application, user, state, age, Optional.ofNullable(queryId));
    }
}
