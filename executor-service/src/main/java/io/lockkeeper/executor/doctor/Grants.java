package io.lockkeeper.executor.doctor;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.target.Session;
import io.lockkeeper.target.Target;

/** What the migrator and its owner role may do. */
final class Grants {

    private Grants() {}

    static Finding owner(Session session, Target target) {
        if (target.ownerRole().isEmpty()) {
            return Finding.ok("owner-role", "DDL runs as " + Doctor.currentUser(session) + " itself");
        }
        String role = target.ownerRole().get();
        Optional<Boolean> member = session.query("""
                SELECT pg_has_role(current_user, oid, 'MEMBER') AS member FROM pg_roles WHERE rolname = $1::text
                """, role).stream().findFirst().map(row -> row.getBoolean("member"));
        return member.orElse(false)
                ? Finding.ok("owner-role", Doctor.currentUser(session) + " may act as " + role)
                : Finding.fail("owner-role",
                        Doctor.currentUser(session) + " may not act as " + role + ": GRANT " + role + " TO "
                                + Doctor.currentUser(session),
                        "no step can run");
    }

    /** Indexes and synchronising columns are made beside the tables. From PostgreSQL 15 on nobody may by default. */
    static Finding schemaGrant(Session session, Target target) {
        String role = target.ownerRole().orElseGet(() -> Doctor.currentUser(session));
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

    static Finding publicationGrant(Session session, Target target) {
        String role = target.ownerRole().orElseGet(() -> Doctor.currentUser(session));
        boolean may = session.query(
                "SELECT has_database_privilege($1::text, current_database(), 'CREATE') AS may", role).get(0)
                .getBoolean("may");
        return may
                ? Finding.ok("publication-grant", role + " can create publications")
                : Finding.warn("publication-grant",
                        role + " may not create publications here: GRANT CREATE ON DATABASE … TO " + role,
                        "no change stream");
    }

    static Finding activityGrant(Session session) {
        boolean sees = session.query("SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees").get(0)
                .getBoolean("sees");
        return sees
                ? Finding.ok("activity-grant", "sessions of other users can be seen")
                : Finding.fail("activity-grant",
                        Doctor.currentUser(session) + " does not see other users' sessions: GRANT pg_read_all_stats TO "
                                + Doctor.currentUser(session),
                        "who blocks a lock is not seen before it is asked for, and is not named");
    }

    static Finding signalGrant(Session session, boolean needed) {
        boolean may = session.query("SELECT pg_has_role(current_user, 'pg_signal_backend', 'USAGE') AS may").get(0)
                .getBoolean("may");
        return may || !needed
                ? Finding.ok("signal-grant", needed
                        ? "sessions that lockkeeper.blockers names can be ended"
                        : "no session of others is ever ended")
                : Finding.warn("signal-grant", Doctor.currentUser(session)
                        + " may not end sessions of others, as lockkeeper.blockers.end asks: GRANT pg_signal_backend TO "
                        + Doctor.currentUser(session), "a step waits for them until its deadline");
    }

    static Finding ledger(Session session) {
        boolean present = session.query("SELECT to_regclass('lockkeeper.outbox') IS NOT NULL AS present").get(0)
                .getBoolean("present");
        if (present) {
            return Finding.ok("ledger", "the ledger is there");
        }
        boolean may = session.query("SELECT has_database_privilege(current_database(), 'CREATE') AS may").get(0)
                .getBoolean("may");
        return may
                ? Finding.ok("ledger", "no ledger yet: it is made at the first release")
                : Finding.fail("ledger", "there is no ledger and " + Doctor.currentUser(session)
                        + " may not make one: GRANT CREATE ON DATABASE, or run deploy/sql",
                        "no release can be claimed");
    }
}
