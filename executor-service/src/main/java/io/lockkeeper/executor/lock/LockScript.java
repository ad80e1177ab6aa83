package io.lockkeeper.executor.lock;

import java.time.Duration;
import java.util.List;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Step.LockClaim;

/**
 * Renders the statements that take a step's locks, for the same simple-protocol message that carries its DDL and COMMIT:
 * between the lock and its release there is no time in which a client thinks.
 */
public final class LockScript {

    /** Attempts that ask for further relations NOWAIT: the least that anybody could wait behind. */
    private static final int NOWAIT_ATTEMPTS = 1;

    private LockScript() {}

    /**
     * @param claims   strongest first; only what exists and can be locked
     * @param rung     longest wait for all locks together
     * @param attempt  counts from 1
     * @param vacuumed relations on which an ordinary autovacuum runs: SHARE UPDATE EXCLUSIVE comes first, which no
     *                 statement of the application waits for, until the autovacuum has yielded
     */
    public static String of(List<Lockable> claims, Duration rung, int attempt, List<LockClaim> vacuumed) {
        StringBuilder script = new StringBuilder();
        for (Lockable claim : claims) {
            if (vacuumed.contains(claim.claim())
                    && claim.claim().mode().compareTo(LockMode.SHARE_UPDATE_EXCLUSIVE) > 0) {
                timeout(script, LockPolicy.AUTOVACUUM_YIELDS);
                lock(script, claim, LockMode.SHARE_UPDATE_EXCLUSIVE, "");
            }
        }
        // lock_timeout counts per acquisition: two locks on the same rung would double the wait behind us. So the others
        // are asked for without waiting. On tables that are written all the time that may never succeed: later attempts
        // share the rung out between all, which keeps the sum.
        boolean share = attempt > NOWAIT_ATTEMPTS && claims.size() > 1;
        timeout(script, share ? rung.dividedBy(claims.size()) : rung);
        for (int index = 0; index < claims.size(); index++) {
            lock(script, claims.get(index), claims.get(index).claim().mode(), share || index == 0 ? "" : " NOWAIT");
        }
        return script.toString();
    }

    /** @param only for a parent of partitions: LOCK TABLE would take all of them, one timeout each */
    public record Lockable(LockClaim claim, boolean only) {}

    private static void timeout(StringBuilder script, Duration timeout) {
        script.append("SET LOCAL lock_timeout = ").append(Math.max(1, timeout.toMillis())).append(";\n");
    }

    private static void lock(StringBuilder script, Lockable claim, LockMode mode, String nowait) {
        script.append("LOCK TABLE ").append(claim.only() ? "ONLY " : "").append(claim.claim().relation().quoted())
                .append(" IN ").append(mode.sql()).append(" MODE").append(nowait).append(";\n");
    }
}
