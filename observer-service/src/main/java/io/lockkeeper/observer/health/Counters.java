package io.lockkeeper.observer.health;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Cumulative counters of the target database and what else one look at the statistics shows.
 *
 * @param statsReset      when the server forgot its counters; a change makes differences meaningless
 * @param replicaLagBytes of the slowest physical standby; empty where there is none
 * @param deadRows        by watched relation
 * @param lockWaiters     sessions that wait for a lock for more than half a second at this moment
 * @param connections     sessions of the whole server, of {@code maxConnections}
 * @param walBytes        WAL position, in bytes
 * @param blocks          of the database read, and how many of them were in the cache
 * @param sequentialScans of watched relations
 * @param functionCalls   over {@code pg_stat_user_functions}; empty where {@code track_functions} is none
 */
public record Counters(Instant at, Optional<Instant> statsReset, long commits, long rollbacks, long deadlocks,
        long temporaryBytes, OptionalLong replicaLagBytes, Map<String, Long> deadRows, OptionalLong functionCalls,
        long lockWaiters, long connections, long maxConnections, long walBytes, Blocks blocks, long sequentialScans) {

    public record Blocks(long hit, long read) {}

    public Counters {
        deadRows = Map.copyOf(deadRows);
    }
}
