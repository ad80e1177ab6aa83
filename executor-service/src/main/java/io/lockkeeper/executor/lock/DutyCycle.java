package io.lockkeeper.executor.lock;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step.LockClaim;

/**
 * For how much of the time somebody may wait behind us at a table, whatever step of whatever run it is for. Once somebody
 * has waited the table is left alone until that was no more than the share. What nobody waited for costs nothing. The
 * ledger keeps it, for whoever takes over; a tenure reads it once, because nobody else writes it meanwhile.
 */
public final class DutyCycle {

    private static final double SHARE = 0.1;

    private record Known(long epoch, Map<RelationName, Instant> free) {}

    private final Map<String, Known> targets = new ConcurrentHashMap<>();

    /** From when on these locks may be asked for. */
    public Instant free(Tenure tenure, List<LockClaim> claims, Instant now) {
        Map<RelationName, Instant> free = known(tenure, now).free;
        return claims.stream().map(claim -> free.getOrDefault(claim.relation(), Instant.EPOCH)).max(Instant::compareTo)
                .orElse(Instant.EPOCH);
    }

    /** @param longest that somebody has waited while these locks were asked for and held */
    public void waited(Tenure tenure, List<LockClaim> claims, Duration longest, Instant now) {
        if (longest.isZero()) {
            return;
        }
        Duration rest = rest(longest);
        Map<RelationName, Instant> free = known(tenure, now).free;
        for (LockClaim claim : claims) {
            free.merge(claim.relation(), now.plus(rest), (one, other) -> one.isAfter(other) ? one : other);
            // As a span of the server's clock: the next executor's may differ from ours.
            tenure.ledger().query("""
                    INSERT INTO lockkeeper.left_alone (schema, name, until)
                    VALUES ($1::text, $2::text, clock_timestamp() + $3::bigint * interval '1 millisecond')
                    ON CONFLICT (schema, name) DO UPDATE
                    SET until = greatest(left_alone.until, excluded.until)
                    """, claim.relation().schema(), claim.relation().name(), rest.toMillis());
        }
    }

    static Duration rest(Duration longest) {
        return Duration.ofMillis(Math.round(longest.toMillis() * (1 - SHARE) / SHARE));
    }

    private Known known(Tenure tenure, Instant now) {
        return targets.compute(tenure.target().name(), (name, before) -> before != null
                && before.epoch == tenure.epoch() ? before : new Known(tenure.epoch(), read(tenure, now)));
    }

    private static Map<RelationName, Instant> read(Tenure tenure, Instant now) {
        Map<RelationName, Instant> free = new ConcurrentHashMap<>();
        tenure.ledger().query("""
                SELECT schema, name, (extract(epoch FROM until - clock_timestamp()) * 1000)::bigint AS millis
                FROM lockkeeper.left_alone WHERE until > clock_timestamp()
                """).forEach(row -> free.put(RelationName.of(row.getString("schema"), row.getString("name")),
                now.plusMillis(row.getLong("millis"))));
        return free;
    }
}
