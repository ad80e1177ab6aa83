package io.lockkeeper.planner.cases;

import static io.lockkeeper.messages.Identifier.literal;
import static io.lockkeeper.messages.Identifier.quote;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.Watch;

/**
 * Runs a plan's SQL by hand, as anybody could, and holds the server against what the plan says: locks really taken,
 * validations, parity at each gate.
 */
final class PlanRunner {

    private final Connection connection;
    private final Plan plan;
    /** Once each, before its first step; anew after something was taken back. */
    private final Set<Gate> judged = new HashSet<>();
    private final Set<String> existing = new HashSet<>();
    private final boolean alone;
    /** By step and relation: what its undo has been seen to lock. */
    private final Map<String, Map<String, LockMode>> undoLocks = new HashMap<>();

    PlanRunner(Connection connection, Plan plan) throws SQLException {
        this(connection, plan, false);
    }

    /** @param alone nobody else uses the database: what an undo locks is also looked at without the plan's locks held */
    PlanRunner(Connection connection, Plan plan, boolean alone) throws SQLException {
        this.connection = connection;
        this.plan = plan;
        this.alone = alone;
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = pg_catalog"); // as the executor's sessions have it
        }
        existing.addAll(rows("SELECT oid::text FROM pg_class WHERE relkind IN ('r', 'p', 'm')"));
    }

    /** Steps up to the first drop, which loses data. */
    List<Step> revertible() {
        List<Step> steps = new ArrayList<>();
        for (Step step : plan.steps()) {
            if (step.pointOfNoReturn()) {
                break;
            }
            steps.add(step);
        }
        return steps;
    }

    void run(List<Step> steps) throws SQLException {
        for (Step step : steps) {
            if (step.gate().isPresent() && judged.add(step.gate().get())) {
                judge(step.gate().get());
            }
            run(step.id(), step.action(), step.locks(), objects(step.locks()));
            if (step.validation().isPresent()) {
                assertThat(rows(step.validation().get())).as("validation of " + step.id()).isEmpty();
            }
            look(step);
        }
    }

    void undo(List<Step> steps) throws SQLException {
        judged.clear();
        List<Step> reversed = new ArrayList<>(steps);
        Collections.reverse(reversed);
        for (Step step : reversed) {
            if (step.undo().isPresent()) {
                Step.Undo undo = step.undo().get();
                Map<String, LockMode> predicted = objects(undo.locks());
                look(step);
                if (alone) {
                    assertUndoLocks(step);
                }
                for (Action action : undo.actions()) {
                    run("undo of " + step.id(), action, undo.locks(), predicted);
                }
            }
        }
    }

    /**
     * What an undo locks, in a transaction that holds no locks before, and is rolled back. Other than in one transaction,
     * nothing can be seen of it.
     */
    private void look(Step step) throws SQLException {
        if (!alone || step.undo().isEmpty() || step.undo().get().actions().size() != 1
                || !(step.undo().get().actions().get(0) instanceof Action.Ddl ddl)) {
            return;
        }
        Map<String, String> names = new HashMap<>();
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery("""
                SELECT c.oid::text AS oid, n.nspname || '.' || c.relname AS name FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'm', 'v', 'S', 'f') AND n.nspname !~ '^pg_'
                """)) {
            while (found.next()) {
                names.put(found.getString("oid"), found.getString("name"));
            }
        }
        execute(step.id(), "BEGIN");
        try {
            for (String sql : ddl.statements()) {
                execute("undo of " + step.id(), sql);
            }
            held().forEach((oid, mode) -> {
                if (names.containsKey(oid) && mode.compareTo(LockMode.ROW_SHARE) > 0) {
                    undoLocks.computeIfAbsent(step.id(), any -> new TreeMap<>()).merge(names.get(oid), mode,
                            (one, other) -> one.compareTo(other) > 0 ? one : other);
                }
            });
        } finally {
            execute(step.id(), "ROLLBACK");
        }
    }

    /** As soon as the step was done, and after all others were taken back: no more than the plan says, and no less. */
    private void assertUndoLocks(Step step) {
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
        try (Statement statement = connection.createStatement(); ResultSet locks = statement.executeQuery("""
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

    private void judge(Gate gate) throws SQLException {
        for (Watch.ParityPair pair : plan.watch().pairs()) {
            if (pair.gates().contains(gate)) {
                assertThat(rows("SELECT 1 FROM " + pair.relation().quoted() + " WHERE " + pair.differs()))
                        .as("parity of " + pair.id() + " at " + gate).isEmpty();
                assertThat(rows("SELECT 1 FROM pg_trigger WHERE tgname = '" + pair.trigger()
                        + "' AND tgenabled = 'O' AND tgrelid = '" + pair.relation().quoted() + "'::regclass"))
                        .as("trigger of " + pair.id()).hasSize(1);
            }
        }
    }

    private void run(String id, Action action, List<Step.LockClaim> claims, Map<String, LockMode> predicted)
            throws SQLException {
        if (action instanceof Action.Ddl ddl) {
            transaction(id, ddl.statements(), claims, predicted);
        } else if (action instanceof Action.ReplaceRoutine replace) {
            transaction(id, List.of(replace.sql()), claims, predicted);
        } else if (action instanceof Action.CreateIndex create) {
            execute(id, create.sql());
        } else if (action instanceof Action.DropIndex drop) {
            execute(id, "DROP INDEX CONCURRENTLY IF EXISTS " + drop.index().quoted());
        } else if (action instanceof Action.ValidateConstraint validate) {
            transaction(id, List.of("ALTER TABLE " + validate.table().quoted() + " VALIDATE CONSTRAINT "
                    + quote(validate.constraint())), claims, predicted);
        } else if (action instanceof Action.DetachPartition detach) {
            if (!rows("SELECT 1 FROM pg_inherits WHERE inhparent = " + literal(detach.table().quoted())
                    + "::regclass AND inhrelid = " + literal(detach.partition().quoted()) + "::regclass").isEmpty()) {
                execute(id, "ALTER TABLE " + detach.table().quoted() + " DETACH PARTITION "
                        + detach.partition().quoted() + " CONCURRENTLY");
            }
        } else if (action instanceof Action.Reindex reindex) {
            execute(id, reindex.index().map(index -> "REINDEX INDEX CONCURRENTLY " + index.quoted())
                    .orElse("REINDEX TABLE CONCURRENTLY " + reindex.table().quoted()));
        } else if (action instanceof Action.RefreshView refresh) {
            boolean readable = rows("SELECT 1 FROM pg_class WHERE relispopulated AND oid = "
                    + literal(refresh.view().quoted()) + "::regclass").size() == 1;
            execute(id, "REFRESH MATERIALIZED VIEW " + (readable ? "CONCURRENTLY " : "") + refresh.view().quoted());
        } else if (action instanceof Action.Backfill backfill) {
            backfill(id, backfill);
        } else if (action instanceof Action.ChangeRows change) {
            changeRows(id, change, claims, predicted);
        } else if (action instanceof Action.Check check) {
            List<String> statements = new ArrayList<>(List.of("SET TRANSACTION READ ONLY"));
            statements.addAll(check.statements());
            transaction(id, statements, claims, predicted);
        } else if (action instanceof Action.AsWritten written) {
            if (written.transactional()) {
                transaction(id, written.statements(), List.of(), Map.of());
            } else {
                for (String sql : written.statements()) {
                    execute(id, sql);
                }
            }
            execute(id, "RESET ALL");
            execute(id, "SET search_path = pg_catalog");
        }
    }

    /** In a few ranges, so that a condition in the wrong place shows. */
    private void changeRows(String id, Action.ChangeRows change, List<Step.LockClaim> claims,
            Map<String, LockMode> predicted) throws SQLException {
        String key = change.key().stream().map(column -> quote(change.alias()) + "." + quote(column.column()))
                .collect(Collectors.joining(", "));
        List<String> bounds = rows(
                "SELECT bound::text FROM (SELECT ROW(" + key + ") AS bound, row_number() OVER (ORDER BY "
                        + key + ") AS number, count(*) OVER () AS all FROM " + change.table().quoted() + " AS "
                        + quote(change.alias())
                        + ") AS numbered WHERE number % (\"all\" / 3 + 1) = 0 OR number = \"all\" ORDER BY number");
        String above = "true";
        for (String bound : bounds) {
            String[] values = bound.substring(1, bound.length() - 1).split(",");
            List<String> typed = new ArrayList<>();
            for (int i = 0; i < values.length; i++) {
                typed.add("'" + values[i].replace("\"", "") + "'::" + change.key().get(i).type());
            }
            String upper = "(" + key + ") <= (" + String.join(", ", typed) + ")";
            transaction(id, List.of(change.where(above + " AND " + upper)), claims, predicted);
            above = "(" + key + ") > (" + String.join(", ", typed) + ")";
        }
    }

    private void backfill(String id, Action.Backfill backfill) throws SQLException {
        String table = backfill.table().quoted();
        String sql = "UPDATE " + table + " SET " + backfill.assignments().stream()
                .map(a -> quote(a.column()) + " = " + a.expression()).collect(Collectors.joining(", "))
                + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " + table + " WHERE " + backfill.differs()
                + " LIMIT 100))";
        try (Statement statement = connection.createStatement()) {
            for (int pass = 0; statement.executeUpdate(sql) > 0; pass++) {
                assertThat(pass).as("passes of " + id).isLessThan(1000);
            }
        }
    }

    private void execute(String id, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new SQLException(id + ": " + e.getMessage() + "\n" + sql, e.getSQLState(), e);
        }
    }

    /** By object: a statement may rename what the plan claims a lock on. */
    private Map<String, LockMode> objects(List<Step.LockClaim> claims) throws SQLException {
        Map<String, LockMode> objects = new TreeMap<>();
        for (Step.LockClaim claim : claims) {
            rows("SELECT oid::text FROM pg_class WHERE oid = to_regclass(" + literal(claim.relation().quoted()) + ")")
                    .forEach(oid -> objects.put(oid, claim.mode()));
        }
        return objects;
    }

    private void transaction(String id, List<String> statements, List<Step.LockClaim> claims,
            Map<String, LockMode> predicted) throws SQLException {
        while (!begin(id, claims)) {
            // Gives way and asks again, as the executor does: whoever holds a lock may be waiting for the next one.
        }
        try {
            for (String sql : statements) {
                execute(id, sql);
            }
            if (!claims.isEmpty()) {
                assertLocks(id, predicted);
            }
            execute(id, "COMMIT");
        } catch (SQLException | AssertionError e) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("ROLLBACK");
            }
            throw e;
        }
    }

    /** A transaction that holds the locks of the plan, in its order; or none. */
    private boolean begin(String id, List<Step.LockClaim> claims) throws SQLException {
        execute(id, "BEGIN");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '200ms'");
            for (Step.LockClaim claim : claims) {
                String relation = claim.relation().quoted();
                if (!rows("SELECT 1 FROM pg_class WHERE relkind = 'v' AND oid = to_regclass(" + literal(relation)
                        + ")").isEmpty()) {
                    break; // whoever uses it holds it before its tables
                }
                // Without ONLY it would go down to partitions and children, which the plan names where it locks them.
                if (!rows("SELECT 1 FROM pg_class WHERE relkind IN ('r', 'p') AND oid = to_regclass("
                        + literal(relation) + ")").isEmpty()) {
                    statement.execute("LOCK TABLE ONLY " + relation + " IN " + claim.mode().sql() + " MODE");
                }
            }
            statement.execute("SET LOCAL lock_timeout = 0");
            return true;
        } catch (SQLException e) {
            execute(id, "ROLLBACK");
            if (e.getSQLState().equals("55P03")) {
                return false;
            }
            throw e;
        }
    }

    /** The strongest lock on each relation that was there before is no stronger than the one that the plan names. */
    private void assertLocks(String id, Map<String, LockMode> predicted) throws SQLException {
        Map<String, LockMode> actual = new TreeMap<>();
        Map<String, String> names = new TreeMap<>();
        try (Statement statement = connection.createStatement();
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
            } else if (lock.getValue().compareTo(LockMode.ROW_SHARE) > 0 && existed(lock.getKey())) {
                throw new AssertionError(id + " takes " + lock.getValue() + " on " + name
                        + ", which the plan does not say");
            }
        }
    }

    private boolean existed(String oid) {
        return existing.contains(oid);
    }

    private static LockMode mode(String catalogName) {
        for (LockMode mode : LockMode.values()) {
            if (mode.catalogName().equals(catalogName)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(catalogName);
    }

    private List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(sql)) {
            while (found.next()) {
                rows.add(found.getMetaData().getColumnCount() == 0 ? "" : String.valueOf(found.getString(1)));
            }
        }
        return rows;
    }
}
