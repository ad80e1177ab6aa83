package io.lockkeeper.observer.postgres;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.observer.health.Counters;
import io.lockkeeper.observer.health.HealthSampler;
import io.lockkeeper.observer.health.StatementTimes;
import io.lockkeeper.observer.health.Victim;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

public final class SqlHealth implements HealthSampler {

    /** Those that take most of the time are those that can make the database slow. */
    private static final int STATEMENTS = 200;
    private static final int LONG_WAIT_MILLIS = 500;
    private static final String OURS = "lockkeeper/%";

    private final TargetConnection connection;

    public SqlHealth(TargetConnection connection) {
        this.connection = connection;
    }

    @Override
    public Counters counters(List<RelationName> relations) {
        Session session = connection.session();
        Row database = session.query("""
                SELECT clock_timestamp() AS at, d.stats_reset, d.xact_commit, d.xact_rollback, d.deadlocks, d.temp_bytes,
                       d.blks_hit, d.blks_read,
                       CASE WHEN pg_is_in_recovery() THEN 0 ELSE
                           pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint END AS wal,
                       (SELECT count(DISTINCT w.pid) FROM pg_stat_activity w
                        CROSS JOIN LATERAL (SELECT l.waitstart FROM pg_locks l
                                            WHERE l.pid = w.pid AND NOT l.granted OFFSET 0) l
                        WHERE w.wait_event_type = 'Lock' AND l.waitstart < clock_timestamp() - $1 * interval '1 ms'
                          AND w.datname = current_database() AND w.application_name NOT LIKE 'lockkeeper/%') AS lock_waiters,
                       (SELECT count(*) FROM pg_stat_activity a WHERE a.backend_type = 'client backend') AS connections,
                       current_setting('max_connections')::bigint AS max_connections,
                       (SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE
                                   max(pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn))::bigint END
                        FROM pg_stat_replication r
                        WHERE NOT EXISTS (SELECT 1 FROM pg_replication_slots s
                                          WHERE s.active_pid = r.pid AND s.slot_type = 'logical')) AS lag,
                       CASE WHEN current_setting('track_functions') <> 'none' THEN
                           (SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_user_functions) END AS function_calls
                FROM pg_stat_database d WHERE d.datname = current_database()""", LONG_WAIT_MILLIS).get(0);
        Map<String, Long> dead = new HashMap<>();
        long scans = 0;
        for (Row table : tables(session, relations)) {
            dead.put(table.getString("schemaname") + "." + table.getString("relname"), table.getLong("n_dead_tup"));
            scans += table.getLong("seq_scan");
        }
        return new Counters(Instant.now(),
                Optional.ofNullable(database.getOffsetDateTime("stats_reset")).map(OffsetDateTime::toInstant),
                database.getLong("xact_commit"), database.getLong("xact_rollback"), database.getLong("deadlocks"),
                database.getLong("temp_bytes"), optional(database.getLong("lag")), dead,
                optional(database.getLong("function_calls")), database.getLong("lock_waiters"),
                database.getLong("connections"), database.getLong("max_connections"), database.getLong("wal"),
                new Counters.Blocks(database.getLong("blks_hit"), database.getLong("blks_read")), scans);
    }

    @Override
    public List<Victim> victims() {
        // waitstart is the server's own clock: how long a wait lasted does not depend on when we look. With OFFSET 0 the
        // table of locks, whose partitions are all held for it, is read only where somebody waits.
        return connection.session().query("""
                SELECT waiter.pid, waiter.application_name, lock.waitstart,
                       (extract(epoch FROM clock_timestamp() - lock.waitstart) * 1000)::bigint AS waited_ms
                FROM pg_stat_activity waiter
                CROSS JOIN LATERAL (SELECT held.waitstart FROM pg_locks held
                                    WHERE held.pid = waiter.pid AND NOT held.granted OFFSET 0) lock
                WHERE waiter.wait_event_type = 'Lock' AND waiter.datname = current_database()
                  AND waiter.application_name NOT LIKE $1 AND lock.waitstart IS NOT NULL
                  AND EXISTS (SELECT 1 FROM pg_stat_activity ours
                              WHERE ours.pid = ANY (pg_blocking_pids(waiter.pid))
                                AND ours.application_name LIKE $1)""", OURS).stream()
                .map(row -> new Victim(row.getInteger("pid"), row.getString("application_name"),
                        row.getOffsetDateTime("waitstart").toInstant(), Duration.ofMillis(row.getLong("waited_ms"))))
                .toList();
    }

    private static List<Row> tables(Session session, List<RelationName> relations) {
        String[] names = relations.stream().map(RelationName::quoted).toArray(String[]::new);
        return session.query("""
                SELECT schemaname, relname, n_dead_tup, seq_scan FROM pg_stat_user_tables
                WHERE relid IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS name)""", (Object) names);
    }

    @Override
    public Optional<Map<String, StatementTimes.Executed>> statements() {
        Session session = connection.session();
        Map<String, StatementTimes.Executed> executed = new HashMap<>();
        boolean counted = add(executed, session.query("""
                SELECT 'routine ' || funcid::regprocedure AS name, calls, total_time AS milliseconds
                FROM pg_stat_user_functions ORDER BY total_time DESC LIMIT $1""", STATEMENTS));
        try {
            Optional<String> schema = session.query("""
                    SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                    WHERE e.extname = 'pg_stat_statements'""").stream().findFirst()
                    .map(row -> Identifier.quote(row.getString("nspname")));
            if (schema.isPresent()) {
                // Without the texts, whose file would be read at every look.
                add(executed, session.query("SELECT 'query id ' || s.queryid AS name, sum(s.calls)::bigint AS calls,"
                        + " sum(s.total_exec_time) AS milliseconds FROM " + schema.get()
                        + ".pg_stat_statements(false) s WHERE s.queryid IS NOT NULL AND s.dbid ="
                        + " (SELECT oid FROM pg_database WHERE datname = current_database())"
                        + " GROUP BY s.queryid ORDER BY 3 DESC LIMIT $1", STATEMENTS));
                counted = true;
            }
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST) {
                throw e;
            }
            // Not in shared_preload_libraries, or not granted: routines are all that can be told.
        }
        return counted ? Optional.of(executed) : Optional.empty();
    }

    private static boolean add(Map<String, StatementTimes.Executed> executed, List<Row> rows) {
        rows.forEach(row -> executed.put(row.getString("name"),
                new StatementTimes.Executed(row.getLong("calls"), row.getDouble("milliseconds"))));
        return !rows.isEmpty();
    }

    private static OptionalLong optional(Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
