package io.lockkeeper.planner.analysis;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;

/**
 * What a statement really did, on a server: it is run in a transaction, its locks, new storage and whole reads are looked
 * up, and it is rolled back. Relations of the system and those that the statement made are left out.
 *
 * @param locks    the strongest per relation
 * @param rewrites relations with another file than before
 * @param scans    relations that were read whole
 * @param gone     tables, views and their columns that were there before
 */
record ServerTrace(Map<RelationName, LockMode> locks, Set<RelationName> rewrites, Set<RelationName> scans,
        Set<String> gone) {

    private static final String RELATIONS = """
            SELECT c.oid::bigint AS oid, n.nspname, c.relname, coalesce(pg_relation_filenode(c.oid), 0)::bigint AS file,
              CASE WHEN c.relkind IN ('r', 'm') THEN pg_stat_get_xact_numscans(c.oid) ELSE 0 END AS scans, coalesce(columns, '') AS columns
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            LEFT JOIN (SELECT attrelid, string_agg(attname, ', ') AS columns
              FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped AND attrelid >= 16384 GROUP BY 1) a
              ON a.attrelid = c.oid AND c.relkind IN ('r', 'p', 'v', 'm')
            WHERE c.oid >= 16384 AND n.nspname !~ '^(pg_.*|information_schema|lockkeeper.*)$' AND c.relkind <> 'c'
            """;

    private static final String LOCKS = """
            SELECT relation::bigint AS oid, mode FROM pg_locks
            WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;

    record State(RelationName name, long file, long scans, String columns) {}

    /**
     * @param connection with autocommit off; left without a transaction
     * @throws SQLException that the statement failed with
     */
    static ServerTrace of(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            Map<Long, State> before = states(statement);
            statement.execute(sql);
            Map<RelationName, LockMode> locks = new TreeMap<>();
            try (ResultSet found = statement.executeQuery(LOCKS)) {
                while (found.next()) {
                    State state = before.get(found.getLong("oid"));
                    if (state != null) {
                        locks.merge(state.name(), mode(found.getString("mode")),
                                (one, other) -> one.compareTo(other) > 0 ? one : other);
                    }
                }
            }
            return compared(locks, before, states(statement));
        } finally {
            connection.rollback();
        }
    }

    /** Of a statement that runs in no transaction, and so lets go of its locks before anybody can look. */
    static ServerTrace outside(Connection connection, String sql) throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            Map<Long, State> before = states(statement);
            statement.execute(sql);
            return compared(Map.of(), before, states(statement));
        }
    }

    private static ServerTrace compared(Map<RelationName, LockMode> locks, Map<Long, State> before,
            Map<Long, State> after) {
        Set<RelationName> rewrites = new TreeSet<>();
        Set<RelationName> scans = new TreeSet<>();
        Set<String> gone = new TreeSet<>();
        before.forEach((oid, old) -> {
            State now = after.get(oid);
            if (now != null && now.file() != old.file() && now.file() != 0) {
                rewrites.add(old.name());
            }
            if (now != null && now.scans() > old.scans()) {
                scans.add(old.name());
            }
            if (now == null || !now.name().equals(old.name())) {
                if (!old.columns().isEmpty()) {
                    gone.add(old.name().toString());
                }
            } else if (!now.columns().equals(old.columns())) {
                Set<String> columns = new TreeSet<>(Set.of(old.columns().split(", ")));
                columns.removeAll(Set.of(now.columns().split(", ")));
                columns.forEach(column -> gone.add(old.name() + "." + column));
            }
        });
        return new ServerTrace(locks, rewrites, scans, gone);
    }

    private static Map<Long, State> states(Statement statement) throws SQLException {
        Map<Long, State> states = new HashMap<>();
        try (ResultSet found = statement.executeQuery(RELATIONS)) {
            while (found.next()) {
                states.put(found.getLong("oid"),
                        new State(RelationName.of(found.getString("nspname"), found.getString("relname")),
                                found.getLong("file"), found.getLong("scans"), found.getString("columns")));
            }
        }
        return states;
    }

    static LockMode mode(String name) {
        for (LockMode mode : LockMode.values()) {
            if (mode.catalogName().equals(name)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(name + " is no mode of a relation lock");
    }
}
