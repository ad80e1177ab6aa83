package io.lockkeeper.executor.lock;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step.LockClaim;

/**
 * For how much of the time somebody may wait behind us at a table, whatever step of whatever run it is for. Once somebody
 * has waited the table is left alone until that was no more than the share. What nobody waited for costs nothing. Kept by
 * this process: an executor that takes over begins anew.
 */
public final class DutyCycle {

    private static final double SHARE = 0.1;

    private record Table(String target, RelationName relation) {}

    private final Map<Table, Instant> free = new ConcurrentHashMap<>();

    /** From when on these locks may be asked for. */
    public Instant free(String target, List<LockClaim> claims) {
        return claims.stream().map(claim -> free.getOrDefault(new Table(target, claim.relation()), Instant.EPOCH))
                .max(Instant::compareTo).orElse(Instant.EPOCH);
    }

    /** @param longest that somebody has waited while these locks were asked for and held */
    public void waited(String target, List<LockClaim> claims, Duration longest, Instant now) {
        free.values().removeIf(now::isAfter);
        if (!longest.isZero()) {
            Instant until = now.plusMillis(Math.round(longest.toMillis() * (1 - SHARE) / SHARE));
            claims.forEach(claim -> free.merge(new Table(target, claim.relation()), until,
                    (one, other) -> one.isAfter(other) ? one : other));
        }
    }
}
