package io.lockkeeper.planner.cases;

import static io.lockkeeper.messages.Identifier.literal;
import static io.lockkeeper.messages.Identifier.quote;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    private final Session session;
    private final Plan plan;
    /** Once each, before its first step; anew after something was taken back. */
    private final Set<Gate> judged = new HashSet<>();
    private final boolean alone;
    private final LockWitness witness;

    PlanRunner(Connection connection, Plan plan) throws SQLException {
        this(connection, plan, false);
    }

    /** @param alone nobody else uses the database: what an undo locks is also looked at without the plan's locks held */
    PlanRunner(Connection connection, Plan plan, boolean alone) throws SQLException {
        this.session = new Session(connection);
        this.plan = plan;
        this.alone = alone;
        try (Statement statement = session.connection().createStatement()) {
            statement.execute("SET search_path = pg_catalog"); // as the executor's sessions have it
        }
        this.witness = new LockWitness(session);
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
            run(step.id(), step.action(), step.locks(), witness.objects(step.locks()));
            if (step.validation().isPresent()) {
                assertThat(session.rows(step.validation().get())).as("validation of " + step.id()).isEmpty();
            }
            if (alone) {
                witness.look(step);
            }
        }
    }

    void undo(List<Step> steps) throws SQLException {
        judged.clear();
        List<Step> reversed = new ArrayList<>(steps);
        Collections.reverse(reversed);
        for (Step step : reversed) {
            if (step.undo().isPresent()) {
                Step.Undo undo = step.undo().get();
                Map<String, LockMode> predicted = witness.objects(undo.locks());
                if (alone) {
                    witness.look(step);
                    witness.assertUndoLocks(step);
                }
                for (Action action : undo.actions()) {
                    run("undo of " + step.id(), action, undo.locks(), predicted);
                }
            }
        }
    }

    private void judge(Gate gate) throws SQLException {
        for (Watch.ParityPair pair : plan.watch().pairs()) {
            if (pair.gates().contains(gate)) {
                assertThat(session.rows("SELECT 1 FROM " + pair.relation().quoted() + " WHERE " + pair.differs()))
                        .as("parity of " + pair.id() + " at " + gate).isEmpty();
                assertThat(session.rows("SELECT 1 FROM pg_trigger WHERE tgname = '" + pair.trigger()
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
            session.execute(id, create.sql());
        } else if (action instanceof Action.DropIndex drop) {
            session.execute(id, "DROP INDEX CONCURRENTLY IF EXISTS " + drop.index().quoted());
        } else if (action instanceof Action.ValidateConstraint validate) {
            transaction(id, List.of("ALTER TABLE " + validate.table().quoted() + " VALIDATE CONSTRAINT "
                    + quote(validate.constraint())), claims, predicted);
        } else if (action instanceof Action.DetachPartition detach) {
            if (!session.rows("SELECT 1 FROM pg_inherits WHERE inhparent = " + literal(detach.table().quoted())
                    + "::regclass AND inhrelid = " + literal(detach.partition().quoted()) + "::regclass").isEmpty()) {
                session.execute(id, "ALTER TABLE " + detach.table().quoted() + " DETACH PARTITION "
                        + detach.partition().quoted() + " CONCURRENTLY");
            }
        } else if (action instanceof Action.Reindex reindex) {
            session.execute(id, reindex.index().map(index -> "REINDEX INDEX CONCURRENTLY " + index.quoted())
                    .orElse("REINDEX TABLE CONCURRENTLY " + reindex.table().quoted()));
        } else if (action instanceof Action.RefreshView refresh) {
            boolean readable = session.rows("SELECT 1 FROM pg_class WHERE relispopulated AND oid = "
                    + literal(refresh.view().quoted()) + "::regclass").size() == 1;
            session.execute(id,
                    "REFRESH MATERIALIZED VIEW " + (readable ? "CONCURRENTLY " : "") + refresh.view().quoted());
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
                    session.execute(id, sql);
                }
            }
            session.execute(id, "RESET ALL");
            session.execute(id, "SET search_path = pg_catalog");
        }
    }

    /** In a few ranges, so that a condition in the wrong place shows. */
    private void changeRows(String id, Action.ChangeRows change, List<Step.LockClaim> claims,
            Map<String, LockMode> predicted) throws SQLException {
        String key = change.key().stream().map(column -> quote(change.alias()) + "." + quote(column.column()))
                .collect(Collectors.joining(", "));
        List<String> bounds = session.rows(
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
        try (Statement statement = session.connection().createStatement()) {
            for (int pass = 0; statement.executeUpdate(sql) > 0; pass++) {
                assertThat(pass).as("passes of " + id).isLessThan(1000);
            }
        }
    }

    private void transaction(String id, List<String> statements, List<Step.LockClaim> claims,
            Map<String, LockMode> predicted) throws SQLException {
        while (!begin(id, claims)) {
            // Gives way and asks again, as the executor does: whoever holds a lock may be waiting for the next one.
        }
        try {
            for (String sql : statements) {
                session.execute(id, sql);
            }
            if (!claims.isEmpty()) {
                witness.assertLocks(id, predicted);
            }
            session.execute(id, "COMMIT");
        } catch (SQLException | AssertionError e) {
            try (Statement statement = session.connection().createStatement()) {
                statement.execute("ROLLBACK");
            }
            throw e;
        }
    }

    /** A transaction that holds the locks of the plan, in its order; or none. */
    private boolean begin(String id, List<Step.LockClaim> claims) throws SQLException {
        session.execute(id, "BEGIN");
        try (Statement statement = session.connection().createStatement()) {
            statement.execute("SET LOCAL lock_timeout = '200ms'");
            for (Step.LockClaim claim : claims) {
                String relation = claim.relation().quoted();
                if (!session
                        .rows("SELECT 1 FROM pg_class WHERE relkind = 'v' AND oid = to_regclass(" + literal(relation)
                                + ")")
                        .isEmpty()) {
                    break; // whoever uses it holds it before its tables
                }
                // Without ONLY it would go down to partitions and children, which the plan names where it locks them.
                if (!session.rows("SELECT 1 FROM pg_class WHERE relkind IN ('r', 'p') AND oid = to_regclass("
                        + literal(relation) + ")").isEmpty()) {
                    statement.execute("LOCK TABLE ONLY " + relation + " IN " + claim.mode().sql() + " MODE");
                }
            }
            statement.execute("SET LOCAL lock_timeout = 0");
            return true;
        } catch (SQLException e) {
            session.execute(id, "ROLLBACK");
            if (e.getSQLState().equals("55P03")) {
                return false;
            }
            throw e;
        }
    }
}
