package io.lockkeeper.executor.preflight;

import java.util.List;
import java.util.stream.Collectors;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.doctor.Finding;
import io.lockkeeper.executor.lock.Replicas;
import io.lockkeeper.target.Session;

/** Who follows the database, and who would hear of trouble. */
final class Surroundings {

    private final Session session;

    Surroundings(Session session) {
        this.session = session;
    }

    Finding replicas(Replicas replicas) {
        List<String> away = replicas.away();
        if (!away.isEmpty()) {
            return Finding.warn("replicas", "configured replicas that are no standby now, or do not answer: "
                    + String.join(", ", away) + "; their readers are not seen before a lock", "");
        }
        List<String> behind = session.query("""
                SELECT format('%s: %s, %s s behind', application_name, state,
                  round(extract(epoch FROM coalesce(replay_lag, '0')))) AS standby
                FROM pg_stat_replication WHERE state <> 'streaming' OR replay_lag > interval '10 seconds'
                """).stream().map(row -> row.getString("standby")).toList();
        return behind.isEmpty()
                ? Finding.ok("replicas", "all standbys follow")
                : Finding.warn("replicas", "standbys that do not follow closely: " + String.join("; ", behind), "");
    }

    Finding slots() {
        List<String> bad = session.query("""
                SELECT format('%s (%s, retains %s)', slot_name,
                  CASE WHEN wal_status = 'lost' THEN 'lost' WHEN active THEN 'active' ELSE 'nobody reads it' END,
                  coalesce(pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 'nothing')) AS slot
                FROM pg_replication_slots
                WHERE wal_status IN ('unreserved', 'lost')
                  OR pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) > 1073741824
                ORDER BY 1
                """).stream().map(row -> row.getString("slot")).toList();
        return bad.isEmpty()
                ? Finding.ok("slots", "no replication slot is lost or retains more than 1 GB of WAL")
                : Finding.warn("slots", "replication slots that need a look: " + String.join(", ", bad), "");
    }

    Finding archive() {
        Row row = session.query("""
                SELECT current_setting('archive_mode') = 'off' AS off,
                  last_failed_time > coalesce(last_archived_time, '-infinity') AS failing, last_failed_wal AS segment
                FROM pg_stat_archiver
                """).get(0);
        if (row.getBoolean("off")) {
            return Finding.ok("archive", "WAL is not archived here");
        }
        return Boolean.TRUE.equals(row.getBoolean("failing"))
                ? Finding.warn("archive", "archiving WAL fails, last for " + row.getString("segment")
                        + ": WAL piles up until it is mended", "")
                : Finding.ok("archive", "WAL is archived");
    }

    /** An event that waits for a minute waits for a broker that is away. */
    Finding events() {
        Row row = session.query("""
                SELECT count(*) AS waiting FROM lockkeeper.outbox
                WHERE published_at IS NULL AND created_at < clock_timestamp() - interval '1 minute'
                """).get(0);
        return row.getLong("waiting") == 0
                ? Finding.ok("events", "events are published")
                : Finding.warn("events",
                        row.getLong("waiting") + " events wait for more than a minute: whoever listens to"
                                + " the topics hears nothing until the broker is back",
                        "");
    }

    Finding observer(boolean gates) {
        String roles = session.query("""
                SELECT DISTINCT split_part(application_name, '/', 3) AS purpose FROM pg_stat_activity
                WHERE datname = current_database() AND application_name LIKE 'lockkeeper/observer/%' ORDER BY 1
                """).stream().map(row -> row.getString("purpose")).collect(Collectors.joining(", "));
        if (!roles.isEmpty()) {
            return Finding.ok("observer", "an observer looks on: " + roles);
        }
        return gates
                ? Finding.warn("observer",
                        "no observer is connected: gates stay closed, and nobody raises alerts, until"
                                + " one comes",
                        "")
                : Finding.ok("observer", "no observer is connected, and no step stands behind a gate");
    }
}
