package io.lockkeeper.executor.doctor;

import java.util.List;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.lock.Replicas;
import io.lockkeeper.executor.recovery.Pooler;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.Target;

/** What the server can do, and is set to do. */
final class Capabilities {

    private static final int OLDEST_MAJOR = 14;

    private Capabilities() {}

    static Finding serverVersion(Session session) {
        Row row = session.query("""
                SELECT current_setting('server_version') AS text, current_setting('server_version_num')::int AS number
                """).get(0);
        int major = row.getInteger("number") / 10_000;
        if (major < OLDEST_MAJOR) {
            return Finding.fail("server-version", "PostgreSQL " + row.getString("text") + " is older than "
                    + OLDEST_MAJOR + ": upgrade it", "backfills need block ranges of version " + OLDEST_MAJOR);
        }
        boolean corrupts = row.getInteger("number") < 140_004;
        return corrupts
                ? Finding.fail("server-version", "PostgreSQL " + row.getString("text")
                        + " may corrupt an index that is built CONCURRENTLY: upgrade to 14.4 or later",
                        "indexes may miss rows")
                : Finding.ok("server-version", "PostgreSQL " + row.getString("text"));
    }

    static Finding pooler(Session session) {
        return Pooler.advice(session)
                .map(advice -> Finding.fail("pooler", advice,
                        "no session locks, no settings, no fence: nothing is done"))
                .orElseGet(() -> Finding.ok("pooler", "the connection is direct"));
    }

    static Finding walLevel(Session session) {
        String level = Doctor.setting(session, "wal_level");
        return level.equals("logical")
                ? Finding.ok("wal-level", "wal_level is logical")
                : Finding.warn("wal-level",
                        "wal_level is " + level + ": set it to logical and restart, if a change stream is wanted",
                        "no change stream: parity is proven by full comparison alone, and a short violation between two"
                                + " samples is not seen");
    }

    static Finding slots(Session session) {
        Row row = session.query("""
                SELECT current_setting('max_replication_slots')::int AS most,
                  (SELECT count(*)::int FROM pg_replication_slots) AS used
                """).get(0);
        int free = row.getInteger("most") - row.getInteger("used");
        String message = free + " of " + row.getInteger("most") + " replication slots are free";
        return free > 0
                ? Finding.ok("replication-slots", message)
                : Finding.warn("replication-slots", message + ": raise max_replication_slots, or drop a dead slot",
                        "no change stream");
    }

    static Finding slotLimit(Session session) {
        String limit = Doctor.setting(session, "max_slot_wal_keep_size");
        return limit.equals("-1")
                ? Finding.warn("slot-wal-limit",
                        "max_slot_wal_keep_size is not set: set it, so that a slot can never fill the disk",
                        "no change stream: the observer makes no slot that could retain WAL without limit")
                : Finding.ok("slot-wal-limit", "a slot may retain at most " + limit + " of WAL");
    }

    static Finding columnLists(Session session) {
        return session.query("SELECT current_setting('server_version_num')::int >= 150000 AS there").get(0)
                .getBoolean("there")
                        ? Finding.ok("column-lists", "publications carry keys, and the columns that row rules name")
                        : Finding.warn("column-lists",
                                "PostgreSQL 14 publishes whole rows only: upgrade to 15 or later, or release with"
                                        + " withoutStream",
                                "the observer receives every column of the watched tables, and keeps their keys alone");
    }

    static Finding trackFunctions(Session session) {
        String tracked = Doctor.setting(session, "track_functions");
        return tracked.equals("none")
                ? Finding.warn("track-functions", "track_functions is none: set it to pl or all",
                        "callers of a routine are not counted")
                : Finding.ok("track-functions", "track_functions is " + tracked);
    }

    static Finding statements(Session session) {
        boolean present = !session.query("SELECT FROM pg_extension WHERE extname = 'pg_stat_statements'").isEmpty();
        return present
                ? Finding.ok("statement-statistics", "pg_stat_statements is there")
                : Finding.warn("statement-statistics",
                        "pg_stat_statements is missing: preload it and CREATE EXTENSION pg_stat_statements",
                        "statements that still name the old shape are not found");
    }

    static Finding replicas(Session session, Target target, Replicas replicas) {
        List<String> away = replicas.away();
        if (!away.isEmpty()) {
            return Finding.warn("replicas", "of the target's replicas these do not answer, or are no standby: "
                    + String.join(", ", away) + ": correct `replicas` in the target's file, or mend them",
                    "their readers are not seen before an ACCESS EXCLUSIVE lock, and their callers not before a drop");
        }
        long standbys = session.query("""
                SELECT count(*) AS standbys FROM pg_stat_replication r WHERE NOT EXISTS (
                  SELECT FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')
                """).get(0).getLong("standbys");
        return standbys > target.replicas().size()
                ? Finding.warn("replicas", standbys + " standbys follow this server, the target's file names "
                        + target.replicas().size() + ": add those that answer queries to its `replicas`",
                        "their readers are not seen before an ACCESS EXCLUSIVE lock, and their callers not before a drop")
                : Finding.ok("replicas", target.replicas().isEmpty() ? "there are none" : "all of them answer");
    }

    static List<Finding> replicaIdentity(Session session) {
        List<String> without = session.query("""
                SELECT format('%I.%I', n.nspname, c.relname) AS name
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'lockkeeper',
                    'lockkeeper_observer') AND n.nspname NOT LIKE 'pg\\_%'
                  AND (c.relreplident = 'n'
                    OR c.relreplident = 'd'
                      AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary
                        AND i.indimmediate)
                    OR c.relreplident = 'i'
                      AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident))
                ORDER BY 1
                """).stream().map(row -> row.getString("name")).toList();
        return without.isEmpty()
                ? List.of(Finding.ok("replica-identity", "every table has a usable replica identity"))
                : without.stream()
                        .map(name -> Finding.warn("replica-identity", name
                                + " has no usable replica identity: it is never published; give it a primary key, or"
                                + " REPLICA IDENTITY FULL", "changes of this table are polled, not streamed"))
                        .toList();
    }
}
