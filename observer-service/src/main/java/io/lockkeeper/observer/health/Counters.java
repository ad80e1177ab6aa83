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
 * @param statementCalls  calls and total milliseconds over {@code pg_stat_statements}; empty where it is not readable
 * @param functionCalls   over {@code pg_stat_user_functions}; empty where {@code track_functions} is none
 */
public record Counters(Instant at, Optional<Instant> statsReset, long commits, long rollbacks, long deadlocks,
        long temporaryBytes, OptionalLong replicaLagBytes, Map<String, Long> deadRows,
        Optional<Statements> statementCalls, OptionalLong functionCalls) {

    public record Statements(long calls, double milliseconds, long evictions) {}

    public Counters {
        deadRows = Map.copyOf(deadRows);
    }
}
