package io.lockkeeper.executor.throttle;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.target.Session;

/**
 * One look at the target.
 *
 * @param values  of the signals that could be read
 * @param hooks   values of those that have answered lately, by name
 * @param others  sessions of others that did anything within the last 3 s; absent where that is hidden from us
 */
record Readings(Map<Signal, Double> values, Map<String, Double> hooks, Optional<Long> others) {

    Readings {
        values = Map.copyOf(values);
        hooks = Map.copyOf(hooks);
    }

    /**
     * @param ours       backends that move data
     * @param processors of the server; 0 where unknown
     */
    static Readings take(Session session, RelationName table, List<Integer> ours, int processors, Hooks hooks) {
        Row row = session.query("""
                WITH RECURSIVE tree AS (
                  SELECT to_regclass($1::text)::oid AS oid
                  UNION
                  SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid
                ), other AS (
                  SELECT state, state_change FROM pg_stat_activity
                  WHERE backend_type = 'client backend' AND application_name NOT LIKE 'lockkeeper/%'
                    OR query = '<insufficient privilege>'
                )
                SELECT
                  (SELECT coalesce(max(extract(epoch FROM r.replay_lag)), 0)::float8 FROM pg_stat_replication r
                   WHERE r.state = 'streaming' AND r.replay_lag < interval '5 minutes'
                     AND NOT EXISTS (SELECT FROM pg_replication_slots s
                       WHERE s.active_pid = r.pid AND s.slot_type = 'logical')) AS replica_lag,
                  (SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0)::float8
                   FROM pg_replication_slots WHERE restart_lsn IS NOT NULL)
                    / (SELECT least(4.0 * 1024, CASE WHEN setting::float8 > 0 THEN setting::float8 / 4 END) * 1048576
                       FROM pg_settings WHERE name = 'max_slot_wal_keep_size') AS slot_wal,
                  (SELECT CASE WHEN current_setting('archive_mode') = 'off' THEN 0 ELSE greatest(0,
                       (pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint / segment.size)
                       - ('x' || lpad(substr(last_archived_wal, 9, 8), 16, '0'))::bit(64)::bigint
                         * (4294967296 / segment.size)
                       - ('x' || lpad(substr(last_archived_wal, 17, 8), 16, '0'))::bit(64)::bigint - 1) END::float8
                   FROM pg_stat_archiver,
                     (SELECT setting::bigint AS size FROM pg_settings WHERE name = 'wal_segment_size') segment
                   WHERE current_setting('archive_mode') = 'off' OR last_archived_wal ~ '^[0-9A-F]{24}$'
                  ) AS archive_backlog,
                  (SELECT count(*)::float8 FROM pg_stat_progress_vacuum v
                   JOIN pg_stat_activity a ON a.pid = v.pid AND a.backend_type = 'autovacuum worker'
                   JOIN tree ON tree.oid = v.relid) AS autovacuum,
                  (SELECT count(*) FROM other WHERE state = 'active')::float8 / nullif($3::int, 0) AS active_sessions,
                  (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)::float8 FROM pg_locks l
                   WHERE NOT l.granted AND l.pid <> ALL ($2::int[]) AND pg_blocking_pids(l.pid) && $2::int[]) AS victims,
                  (SELECT CASE WHEN bool_or(state IS NULL) THEN NULL
                     ELSE count(*) FILTER (WHERE state = 'active'
                       OR state_change > clock_timestamp() - interval '3 seconds') END FROM other) AS others
                """, table.quoted(), ours.toArray(Integer[]::new), processors).get(0);
        Map<Signal, Double> values = new EnumMap<>(Signal.class);
        for (Signal signal : Signal.values()) {
            Optional.ofNullable(row.getDouble(signal.reason().replace('-', '_')))
                    .ifPresent(value -> values.put(signal, value));
        }
        return new Readings(values, hooks.read(), Optional.ofNullable(row.getLong("others")));
    }
}
