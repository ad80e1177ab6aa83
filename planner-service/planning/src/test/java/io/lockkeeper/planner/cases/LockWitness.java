package io.lockkeeper.planner.cases;

import static io.lockkeeper.messages.Identifier.literal;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Step;

/** Holds the locks that a plan names against those that its session has on the server. */
final class LockWitness {

    private final Session session;
    /** Relations that were there before the plan. */
    private final Set<String> existing = new HashSet<>();
    /** By step and relation: what its undo has been seen to lock. */
    private final Map<String, Map<String, LockMode>> undoLocks = new HashMap<>();

    LockWitness(Session session) throws SQLException {
        this.session = session;
        existing.addAll(session.rows("SELECT oid::text FROM pg_class WHERE relkind IN ('r', 'p', 'm')"));
    }

    /**
     * What an undo locks, in a transaction that holds no locks before, and is rolled back. Other than in one transaction,
     * nothing can be seen of it.
     */
    void look(Step step) throws SQLException {
        if (step.undo().isEmpty() || step.undo().get().actions().size() != 1
                || !(step.undo().get().actions().get(0) instanceof Action.Ddl ddl)) {
            return;
        }
        Map<String, String> names = new HashMap<>();
        try (Statement statement = session.connection().createStatement(); ResultSet found = statement.executeQuery("""
                SELECT c.oid::text AS oid, n.nspname || '.' || c.relname AS name FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'm', 'v', 'S', 'f') AND n.nspname !~ '^pg_'
                """)) {
            while (found.next()) {
                names.put(found.getString("oid"), found.getString("name"));
            }
        }
        session.execute(step.id(), "BEGIN");
        try {
            for (String sql : ddl.statements()) {
                session.execute("undo of " + step.id(), sql);
            }
            held().forEach((oid, mode) -> {
                if (names.containsKey(oid) && mode.compareTo(LockMode.ROW_SHARE) > 0) {
                    undoLocks.computeIfAbsent(step.id(), any -> new TreeMap<>()).merge(names.get(oid), mode,
                            (one, other) -> one.compareTo(other) > 0 ? one : other);
                }
            });
        } finally {
            session.execute(step.id(), "ROLLBACK");
        }
    }

    /** As soon as the step was done, and after all others were taken back: no more than the plan says, and no less. */
    void assertUndoLocks(Step step) {
        if (step.undo().get().actions().size() == 1 && step.undo().get().actions().get(0) instanceof Action.Ddl) {
            Map<String, LockMode> said = new TreeMap<>();
            step.undo().get().locks().forEach(claim -> said.put(claim.relation().toString(), claim.mode()));
            assertThat(undoLocks.getOrDefault(step.id(), Map.of())).as("locks of the undo of " + step.id())
                    .isEqualTo(said);
        }
    }

    /** The strongest mode on each relation, by object. */
    private Map<String, LockMode> held() throws SQLException {
        Map<String, LockMode> held = new TreeMap<>();
        try (Statement statement = session.connection().createStatement(); ResultSet locks = statement.executeQuery("""
                SELECT relation::text AS oid, mode FROM pg_locks
                WHERE pid = pg_backend_pid() AND locktype = 'relation'
                """)) {
            while (locks.next()) {
                held.merge(locks.getString("oid"), mode(locks.getString("mode")),
                        (a, b) -> a.compareTo(b) > 0 ? a : b);
            }
        }
        return held;
    }

    /** By object: a statement may rename what the plan claims a lock on. */
    Map<String, LockMode> objects(List<Step.LockClaim> claims) throws SQLException {
        Map<String, LockMode> objects = new TreeMap<>();
        for (Step.LockClaim claim : claims) {
            session.rows("SELECT oid::text FROM pg_class WHERE oid = to_regclass(" + literal(claim.relation().quoted())
                    + ")")
                    .forEach(oid -> objects.put(oid, claim.mode()));
        }
        return objects;
    }

    /** The strongest lock on each relation that was there before is no stronger than the one that the plan names. */
    void assertLocks(String id, Map<String, LockMode> predicted) throws SQLException {
        Map<String, LockMode> actual = new TreeMap<>();
        Map<String, String> names = new TreeMap<>();
        try (Statement statement = session.connection().createStatement();
                ResultSet locks = statement.executeQuery("""
                        SELECT l.relation::text AS oid, l.relation::regclass::text AS name, l.mode FROM pg_locks l
                        JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'p', 'm')
                          AND n.nspname !~ '^pg_' AND (c.xmin::text <> pg_current_xact_id_if_assigned()::xid::text
                             OR l.mode = 'AccessExclusiveLock')
                        """)) {
            while (locks.next()) {
                names.put(locks.getString("oid"), locks.getString("name"));
                actual.merge(locks.getString("oid"), mode(locks.getString("mode")),
                        (a, b) -> a.compareTo(b) > 0 ? a : b);
            }
        }
        for (Map.Entry<String, LockMode> lock : actual.entrySet()) {
            LockMode claim = predicted.get(lock.getKey());
            String name = names.get(lock.getKey());
            if (claim != null) {
                assertThat(lock.getValue()).as("lock of " + id + " on " + name).isLessThanOrEqualTo(claim);
            } else if (lock.getValue().compareTo(LockMode.ROW_SHARE) > 0 && existing.contains(lock.getKey())) {
                throw new AssertionError(id + " takes " + lock.getValue() + " on " + name
                        + ", which the plan does not say");
            }
        }
    }

    private static LockMode mode(String catalogName) {
        for (LockMode mode : LockMode.values()) {
            if (mode.catalogName().equals(catalogName)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(catalogName);
    }
}
