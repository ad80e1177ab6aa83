package io.lockkeeper.executor.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.doctor.Finding.Status;
import io.lockkeeper.executor.recovery.Pooler;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.Target;

/** Looks at a target with the migrator's eyes: what is missing, and what that costs. Changes nothing. */
public final class Doctor {

    private static final int OLDEST_MAJOR = 14;

    public List<Finding> examine(Session session, Target target) {
        List<Finding> findings = new ArrayList<>();
        add(findings, "server-version", () -> serverVersion(session));
        add(findings, "pooler", () -> pooler(session));
        add(findings, "wal-level", () -> walLevel(session));
        add(findings, "replication-slots", () -> slots(session));
        add(findings, "slot-wal-limit", () -> slotLimit(session));
        add(findings, "track-functions", () -> trackFunctions(session));
        add(findings, "statement-statistics", () -> statements(session));
        add(findings, "owner-role", () -> owner(session, target));
        add(findings, "schema-grant", () -> schemaGrant(session, target));
        add(findings, "publication-grant", () -> publicationGrant(session, target));
        add(findings, "activity-grant", () -> activityGrant(session));
        add(findings, "connections", () -> connections(session));
        add(findings, "ledger", () -> ledger(session));
        findings.addAll(replicaIdentity(session));
        findings.addAll(leftovers(session));
        return findings;
    }

    private static void add(List<Finding> findings, String check, Supplier<Finding> examination) {
        try {
            findings.add(examination.get());
        } catch (SqlFailure e) {
            if (!e.sqlState().startsWith("42")) {
                throw e;
            }
            findings.add(new Finding(check, Status.UNKNOWN, "cannot be looked at: " + e.getMessage(),
                    "what cannot be seen is not taken as well"));
        }
    }

    private static Finding serverVersion(Session session) {
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

    private static Finding pooler(Session session) {
        return Pooler.advice(session)
                .map(advice -> Finding.fail("pooler", advice,
                        "no session locks, no settings, no fence: nothing is done"))
                .orElseGet(() -> Finding.ok("pooler", "the connection is direct"));
    }

    private static Finding walLevel(Session session) {
        String level = setting(session, "wal_level");
        return level.equals("logical")
                ? Finding.ok("wal-level", "wal_level is logical")
                : Finding.warn("wal-level",
                        "wal_level is " + level + ": set it to logical and restart, if a change stream is wanted",
                        "no change stream: parity is proven by full comparison alone, and a short violation between two"
                                + " samples is not seen");
    }

    private static Finding slots(Session session) {
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

    private static Finding slotLimit(Session session) {
        String limit = setting(session, "max_slot_wal_keep_size");
        return limit.equals("-1")
                ? Finding.warn("slot-wal-limit",
                        "max_slot_wal_keep_size is not set: set it, so that a slot can never fill the disk",
                        "no change stream: the observer makes no slot that could retain WAL without limit")
                : Finding.ok("slot-wal-limit", "a slot may retain at most " + limit + " of WAL");
    }

    private static Finding trackFunctions(Session session) {
        String tracked = setting(session, "track_functions");
        return tracked.equals("none")
                ? Finding.warn("track-functions", "track_functions is none: set it to pl or all",
                        "callers of a routine are not counted")
                : Finding.ok("track-functions", "track_functions is " + tracked);
    }

    private static Finding statements(Session session) {
        boolean present = !session.query("SELECT FROM pg_extension WHERE extname = 'pg_stat_statements'").isEmpty();
        return present
                ? Finding.ok("statement-statistics", "pg_stat_statements is there")
                : Finding.warn("statement-statistics",
                        "pg_stat_statements is missing: preload it and CREATE EXTENSION pg_stat_statements",
                        "statements that still name the old shape are not found");
    }

    private static Finding owner(Session session, Target target) {
        if (target.ownerRole().isEmpty()) {
            return Finding.ok("owner-role", "DDL runs as " + currentUser(session) + " itself");
        }
        String role = target.ownerRole().get();
        Optional<Boolean> member = session.query("""
                SELECT pg_has_role(current_user, oid, 'MEMBER') AS member FROM pg_roles WHERE rolname = $1::text
                """, role).stream().findFirst().map(row -> row.getBoolean("member"));
        return member.orElse(false)
                ? Finding.ok("owner-role", currentUser(session) + " may act as " + role)
                : Finding.fail("owner-role",
                        currentUser(session) + " may not act as " + role + ": GRANT " + role + " TO "
                                + currentUser(session),
                        "no step can run");
    }

    /** Indexes and synchronising columns are made beside the tables. From PostgreSQL 15 on nobody may by default. */
    private static Finding schemaGrant(Session session, Target target) {
        String role = target.ownerRole().orElseGet(() -> currentUser(session));
        List<String> closed = session.query("""
                SELECT DISTINCT quote_ident(n.nspname) AS name
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p') AND pg_has_role($1::text, c.relowner, 'USAGE')
                  AND n.nspname !~ '^(pg_|information_schema$|lockkeeper)'
                  AND NOT has_schema_privilege($1::text, n.oid, 'CREATE')
                ORDER BY 1""", role).stream().map(row -> row.getString("name")).toList();
        return closed.isEmpty()
                ? Finding.ok("schema-grant", role + " can create beside its tables")
                : Finding.fail("schema-grant",
                        role + " owns tables but may not create in their schema: GRANT CREATE ON SCHEMA "
                                + String.join(", ", closed) + " TO " + role,
                        "indexes cannot be built there");
    }

    private static Finding publicationGrant(Session session, Target target) {
        String role = target.ownerRole().orElseGet(() -> currentUser(session));
        boolean may = session.query(
                "SELECT has_database_privilege($1::text, current_database(), 'CREATE') AS may", role).get(0)
                .getBoolean("may");
        return may
                ? Finding.ok("publication-grant", role + " can create publications")
                : Finding.warn("publication-grant",
                        role + " may not create publications here: GRANT CREATE ON DATABASE … TO " + role,
                        "no change stream");
    }

    private static Finding activityGrant(Session session) {
        boolean sees = session.query("SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees").get(0)
                .getBoolean("sees");
        return sees
                ? Finding.ok("activity-grant", "sessions of other users can be seen")
                : Finding.fail("activity-grant",
                        currentUser(session) + " does not see other users' sessions: GRANT pg_read_all_stats TO "
                                + currentUser(session),
                        "who blocks a lock is not seen before it is asked for, and is not named");
    }

    private static Finding connections(Session session) {
        Row row = session.query("""
                SELECT current_setting('max_connections')::int AS most, count(*)::int AS used
                FROM pg_stat_activity WHERE backend_type = 'client backend'
                """).get(0);
        boolean tight = row.getInteger("used") * 5 > row.getInteger("most") * 4;
        String message = row.getInteger("used") + " of " + row.getInteger("most") + " connections are used";
        return tight
                ? Finding.warn("connections", message + ": more than 80 %", "a run may not get its sessions")
                : Finding.ok("connections", message);
    }

    private static Finding ledger(Session session) {
        boolean present = session.query("SELECT to_regclass('lockkeeper.outbox') IS NOT NULL AS present").get(0)
                .getBoolean("present");
        if (present) {
            return Finding.ok("ledger", "the ledger is there");
        }
        boolean may = session.query("SELECT has_database_privilege(current_database(), 'CREATE') AS may").get(0)
                .getBoolean("may");
        return may
                ? Finding.ok("ledger", "no ledger yet: it is made at the first release")
                : Finding.fail("ledger", "there is no ledger and " + currentUser(session)
                        + " may not make one: GRANT CREATE ON DATABASE, or run deploy/sql",
                        "no release can be claimed");
    }

    private static List<Finding> replicaIdentity(Session session) {
        List<String> without = session.query("""
                SELECT format('%I.%I', n.nspname, c.relname) AS name
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'lockkeeper',
                    'lockkeeper_observer') AND n.nspname NOT LIKE 'pg\\_%'
                  AND (c.relreplident = 'n'
                    OR c.relreplident = 'd'
                      AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
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

    private static List<Finding> leftovers(Session session) {
        List<Finding> found = new ArrayList<>();
        session.query("""
                SELECT format('%I.%I', n.nspname, c.relname) AS name
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE NOT i.indisvalid AND n.nspname NOT IN ('pg_catalog', 'pg_toast')
                """).forEach(row -> found.add(Finding.warn("invalid-index", "index " + row.getString("name")
                + " is invalid: if no run is building it, DROP INDEX CONCURRENTLY it",
                "every write pays for it, and if unique it still rejects")));
        boolean open = session.query("SELECT to_regclass('lockkeeper.run') IS NOT NULL AS present").get(0)
                .getBoolean("present")
                && !session.query("""
                        SELECT FROM lockkeeper.run WHERE state NOT IN ('COMPLETED', 'ABORTED', 'REVERTED')
                        """).isEmpty();
        if (!open) {
            session.query("""
                    SELECT 'replication slot ' || slot_name AS name, 'SELECT pg_drop_replication_slot(…)' AS cure
                    FROM pg_replication_slots
                    WHERE slot_name ~ '^lockkeeper_[0-9a-f]{16}$' AND database = current_database()
                    UNION ALL
                    SELECT 'publication ' || pubname, 'DROP PUBLICATION' FROM pg_publication
                    WHERE pubname ~ '^lockkeeper_[0-9a-f]{16}$'
                    UNION ALL
                    SELECT 'trigger ' || t.tgname || ' on ' || t.tgrelid::regclass, 'DROP TRIGGER' FROM pg_trigger t
                    WHERE t.tgname ~ '^zzzz_lockkeeper_' AND NOT t.tgisinternal
                    """).forEach(row -> found.add(Finding.warn("leftover", row.getString("name")
                    + " is there though no run is open: " + row.getString("cure") + " once you have made sure",
                    "a slot retains WAL, a trigger slows writes")));
        }
        return found.isEmpty() ? List.of(Finding.ok("leftovers", "nothing is left behind")) : found;
    }

    private static String setting(Session session, String name) {
        return session.query("SELECT current_setting($1::text) AS value", name).get(0).getString("value");
    }

    private static String currentUser(Session session) {
        return session.query("SELECT current_user::text AS name").get(0).getString("name");
    }
}
