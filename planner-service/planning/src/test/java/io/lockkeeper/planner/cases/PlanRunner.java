package io.lockkeeper.planner.cases;

import static io.lockkeeper.messages.Identifier.quote;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Identifier;
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
    private final Set<Gate> judged = new HashSet<>();

    PlanRunner(Connection connection, Plan plan) throws SQLException {
        this.connection = connection;
        this.plan = plan;
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = pg_catalog"); // as the executor's sessions have it
        }
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
        judged.clear();
        for (Step step : steps) {
            if (step.gate().isPresent() && judged.add(step.gate().get())) {
                judge(step.gate().get());
            }
            run(step.id(), step.action(), step.locks());
            if (step.validation().isPresent()) {
                assertThat(rows(step.validation().get())).as("validation of " + step.id()).isEmpty();
            }
        }
    }

    void undo(List<Step> steps) throws SQLException {
        List<Step> reversed = new ArrayList<>(steps);
        Collections.reverse(reversed);
        for (Step step : reversed) {
            if (step.undo().isPresent()) {
                // Taking back a foreign key drops triggers on both tables, whatever adding it has taken.
                List<Step.LockClaim> locks = step.locks().stream()
                        .map(claim -> new Step.LockClaim(claim.relation(), LockMode.ACCESS_EXCLUSIVE)).toList();
                for (Action action : step.undo().get().actions()) {
                    run("undo of " + step.id(), action, locks);
                }
            }
        }
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

    private void run(String id, Action action, List<Step.LockClaim> claims) throws SQLException {
        if (action instanceof Action.Ddl ddl) {
            transaction(id, ddl.statements(), claims);
        } else if (action instanceof Action.ReplaceRoutine replace) {
            transaction(id, List.of(replace.sql()), claims);
        } else if (action instanceof Action.CreateIndex create) {
            execute(id, create.sql());
        } else if (action instanceof Action.DropIndex drop) {
            execute(id, "DROP INDEX CONCURRENTLY IF EXISTS " + drop.index().quoted());
        } else if (action instanceof Action.ValidateConstraint validate) {
            transaction(id, List.of("ALTER TABLE " + validate.table().quoted() + " VALIDATE CONSTRAINT "
                    + quote(validate.constraint())), claims);
        } else if (action instanceof Action.Backfill backfill) {
            backfill(id, backfill);
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

    private void transaction(String id, List<String> statements, List<Step.LockClaim> claims) throws SQLException {
        while (!begin(id, claims)) {
            // Gives way and asks again, as the executor does: whoever holds a lock may be waiting for the next one.
        }
        try {
            for (String sql : statements) {
                execute(id, sql);
            }
            if (!claims.isEmpty()) {
                assertLocks(id, claims);
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
                if (!rows("SELECT 1 FROM pg_class WHERE relkind = 'r' AND oid = to_regclass("
                        + Identifier.literal(relation) + ")").isEmpty()) {
                    statement.execute("LOCK TABLE " + relation + " IN " + claim.mode().sql() + " MODE");
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

    /** The strongest lock on each relation of the user's is the one that the plan names. */
    private void assertLocks(String id, List<Step.LockClaim> claims) throws SQLException {
        Map<String, String> predicted = new TreeMap<>();
        claims.forEach(claim -> predicted.put(claim.relation().name(), claim.mode().catalogName()));
        Map<String, LockMode> actual = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet locks = statement.executeQuery("""
                        SELECT DISTINCT l.relation::regclass::oid, c.relname, l.mode FROM pg_locks l
                        JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
                        WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind = 'r'
                          AND n.nspname !~ '^pg_' AND c.xmin::text <> pg_current_xact_id_if_assigned()::xid::text
                           OR l.pid = pg_backend_pid() AND c.relkind = 'r' AND n.nspname !~ '^pg_'
                          AND l.mode = 'AccessExclusiveLock'
                        """)) {
            while (locks.next()) {
                LockMode mode = mode(locks.getString("mode"));
                actual.merge(locks.getString("relname"), mode, (a, b) -> a.compareTo(b) > 0 ? a : b);
            }
        }
        for (Map.Entry<String, LockMode> lock : actual.entrySet()) {
            String claim = predicted.get(lock.getKey());
            if (claim != null) {
                assertThat(lock.getValue()).as("lock of " + id + " on " + lock.getKey())
                        .isLessThanOrEqualTo(mode(claim));
            } else if (lock.getValue().compareTo(LockMode.ROW_SHARE) > 0 && known(lock.getKey())) {
                throw new AssertionError(id + " takes " + lock.getValue() + " on " + lock.getKey()
                        + ", which the plan does not say");
            }
        }
    }

    private boolean known(String table) {
        return plan.watch().relations().stream().anyMatch(relation -> relation.relation().name().equals(table));
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
