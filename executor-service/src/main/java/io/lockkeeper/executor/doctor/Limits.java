package io.lockkeeper.executor.doctor;

import java.util.List;

import io.vertx.sqlclient.Row;

import io.lockkeeper.target.Session;

/** What the server allows the migrator's sessions. */
final class Limits {

    /** Of a target at work: keeper, ledger, watch, relay, and some that move data or answer a request. */
    private static final int SESSIONS = 8;

    private Limits() {}

    static Finding connections(Session session) {
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

    static Finding connectionLimit(Session session) {
        Row row = session.query("""
                SELECT r.rolconnlimit AS of_role, d.datconnlimit AS of_database FROM pg_roles r, pg_database d
                WHERE r.rolname = current_user AND d.datname = current_database()
                """).get(0);
        boolean role = tight(row.getInteger("of_role"));
        if (!role && !tight(row.getInteger("of_database"))) {
            return Finding.ok("connection-limit", "role and database allow enough sessions");
        }
        return Finding.fail("connection-limit", role
                ? Doctor.currentUser(session) + " may have " + row.getInteger("of_role") + " sessions: ALTER ROLE "
                        + Doctor.currentUser(session) + " CONNECTION LIMIT " + SESSIONS + ", or more"
                : "this database may have " + row.getInteger("of_database") + " sessions: raise its CONNECTION LIMIT",
                "a run does not get its sessions");
    }

    private static boolean tight(int limit) {
        return limit >= 0 && limit < SESSIONS;
    }

    /** What ends a long transaction of ours ends an index build half way; 17 has it and newer. */
    static Finding sessionTimeouts(Session session) {
        List<String> set = session.query("""
                SELECT name || ' = ' || setting || coalesce(unit, '') AS timeout, name FROM pg_settings
                WHERE name = 'transaction_timeout' AND setting <> '0'
                """).stream().map(row -> row.getString("timeout")).toList();
        return set.isEmpty()
                ? Finding.ok("session-timeouts", "nothing ends a transaction that works for long")
                : Finding.fail("session-timeouts", "for " + Doctor.currentUser(session) + " the server has "
                        + String.join(", ", set) + ": ALTER ROLE " + Doctor.currentUser(session)
                        + " SET it to 0", "index builds and validations end half way");
    }

    /** They are no concern of the plan's: whoever made them means them for everybody's DDL. */
    static Finding eventTriggers(Session session) {
        List<String> enabled = session.query("""
                SELECT evtname || ' (' || evtevent || ')' AS name FROM pg_event_trigger
                WHERE evtenabled IN ('O', 'A') ORDER BY evtname
                """).stream().map(row -> row.getString("name")).toList();
        return enabled.isEmpty()
                ? Finding.ok("event-triggers", "none runs within a step")
                : Finding.warn("event-triggers", "they run within each step that changes the schema: "
                        + String.join(", ", enabled) + "; make sure that they are quick and let "
                        + Doctor.currentUser(session) + " do its work",
                        "what they take or wait for, a step holds its locks for; one that raises ends the step");
    }
}
