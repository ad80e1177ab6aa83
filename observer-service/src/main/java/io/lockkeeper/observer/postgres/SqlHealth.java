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
import io.lockkeeper.observer.health.Victim;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

public final class SqlHealth implements HealthSampler {

    private final TargetConnection connection;

    public SqlHealth(TargetConnection connection) {
        this.connection = connection;
    }

    @Override
    public Counters counters(List<RelationName> relations) {
        Session session = connection.session();
        Row database = session.query("""
                SELECT clock_timestamp() AS at, d.stats_reset, d.xact_commit, d.xact_rollback, d.deadlocks, d.temp_bytes,
                       (SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE
                                   max(pg_wal_lsn_diff(pg_current_wal_lsn(), r.replay_lsn))::bigint END
                        FROM pg_stat_replication r
                        WHERE NOT EXISTS (SELECT 1 FROM pg_replication_slots s
                                          WHERE s.active_pid = r.pid AND s.slot_type = 'logical')) AS lag,
                       CASE WHEN current_setting('track_functions') <> 'none' THEN
                           (SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_user_functions) END AS function_calls
                FROM pg_stat_database d WHERE d.datname = current_database()""").get(0);
        return new Counters(Instant.now(),
                Optional.ofNullable(database.getOffsetDateTime("stats_reset")).map(OffsetDateTime::toInstant),
                database.getLong("xact_commit"), database.getLong("xact_rollback"), database.getLong("deadlocks"),
                database.getLong("temp_bytes"), optional(database.getLong("lag")), deadRows(session, relations),
                statements(session), optional(database.getLong("function_calls")));
    }

    @Override
    public List<Victim> victims() {
        // waitstart is the server's own clock: how long a wait lasted does not depend on when we look.
        return connection.session().query("""
                SELECT waiter.pid, waiter.application_name, lock.waitstart,
                       (extract(epoch FROM clock_timestamp() - lock.waitstart) * 1000)::bigint AS waited_ms
                FROM pg_stat_activity waiter
                JOIN pg_locks lock ON lock.pid = waiter.pid AND NOT lock.granted
                WHERE waiter.wait_event_type = 'Lock' AND waiter.datname = current_database()
                  AND waiter.application_name NOT LIKE 'lockkeeper/%' AND lock.waitstart IS NOT NULL
                  AND EXISTS (SELECT 1 FROM pg_stat_activity ours
                              WHERE ours.pid = ANY (pg_blocking_pids(waiter.pid))
                                AND ours.application_name LIKE 'lockkeeper/%')""").stream()
                .map(row -> new Victim(row.getInteger("pid"), row.getString("application_name"),
                        row.getOffsetDateTime("waitstart").toInstant(), Duration.ofMillis(row.getLong("waited_ms"))))
                .toList();
    }

    private static Map<String, Long> deadRows(Session session, List<RelationName> relations) {
        String[] names = relations.stream().map(RelationName::quoted).toArray(String[]::new);
        Map<String, Long> dead = new HashMap<>();
        for (Row row : session.query("""
                SELECT schemaname, relname, n_dead_tup FROM pg_stat_user_tables
                WHERE relid IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS name)""", (Object) names)) {
            dead.put(row.getString("schemaname") + "." + row.getString("relname"), row.getLong("n_dead_tup"));
        }
        return dead;
    }

    private static Optional<Counters.Statements> statements(Session session) {
        try {
            Optional<String> schema = session.query("""
                    SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
                    WHERE e.extname = 'pg_stat_statements'""").stream().findFirst()
                    .map(row -> Identifier.quote(row.getString("nspname")));
            if (schema.isEmpty()) {
                return Optional.empty();
            }
            // Without the texts, whose file would be read at every look.
            Row row = session.query("SELECT coalesce(sum(s.calls), 0)::bigint AS calls,"
                    + " coalesce(sum(s.total_exec_time), 0)::float8 AS milliseconds,"
                    + " (SELECT dealloc FROM " + schema.get() + ".pg_stat_statements_info) AS evictions FROM "
                    + schema.get() + ".pg_stat_statements(false) s WHERE s.dbid ="
                    + " (SELECT oid FROM pg_database WHERE datname = current_database())").get(0);
            return Optional.of(new Counters.Statements(row.getLong("calls"), row.getDouble("milliseconds"),
                    row.getLong("evictions")));
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST) {
                throw e;
            }
            // Not in shared_preload_libraries, or not granted: the evidence says that it cannot be read.
            return Optional.empty();
        }
    }

    private static OptionalLong optional(Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
