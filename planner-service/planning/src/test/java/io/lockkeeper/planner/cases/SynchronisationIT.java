package io.lockkeeper.planner.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.SessionSelector;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.planner.report.StepSql;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** What both versions of the application meet while two shapes of a column live. */
class SynchronisationIT {

    // Shared by the classes that plan with them; they go with the JVM.
    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @TempDir
    Path home;

    private TestDatabase database;
    private Connection connection;

    @BeforeEach
    void open() throws Exception {
        database = TestPostgres.shared().createDatabase("sync");
        connection = database.connect();
        execute(LedgerSchema.DDL);
        execute("CREATE TABLE public.orders (id bigint PRIMARY KEY, status text NOT NULL DEFAULT 'new',"
                + " amount integer, code integer, hits bigint NOT NULL DEFAULT 0)");
        execute("INSERT INTO public.orders SELECT i, 's' || i, i, i FROM generate_series(1, 2000) i");
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        database.close();
    }

    @Test
    void aRenamedColumnFollowsWhicheverVersionWrote() throws Exception {
        Plan plan = plan("ALTER TABLE orders RENAME status TO state");
        PlanRunner runner = new PlanRunner(connection, plan);
        runner.run(steps(plan, Phase.EXPAND));

        execute("INSERT INTO public.orders (id, status) VALUES (5001, 'old')");
        execute("INSERT INTO public.orders (id, state) VALUES (5002, 'new one')");
        execute("INSERT INTO public.orders (id) VALUES (5003)");
        execute("INSERT INTO public.orders (id, status, state) VALUES (5004, 'a', 'b')");
        assertThat(both(5001)).isEqualTo("old|old");
        assertThat(both(5002)).isEqualTo("new one|new one");
        assertThat(both(5003)).isEqualTo("new|new");
        assertThat(both(5004)).as("a new value that is given wins").isEqualTo("b|b");

        execute("UPDATE public.orders SET hits = 1 WHERE id = 1");
        assertThat(both(1)).as("a row that the backfill has not reached").isEqualTo("s1|s1");
        execute("UPDATE public.orders SET status = 'x' WHERE id = 2");
        assertThat(both(2)).isEqualTo("x|x");
        execute("UPDATE public.orders SET state = 'y' WHERE id = 3");
        assertThat(both(3)).isEqualTo("y|y");
        execute("UPDATE public.orders SET state = 'z', status = 'z' WHERE id = 3");
        assertThat(both(3)).isEqualTo("z|z");
        assertThatThrownBy(() -> execute("UPDATE public.orders SET state = 'p', status = 'q' WHERE id = 3"))
                .hasMessageContaining("columns status and state of public.orders");

        runner.run(steps(plan, Phase.MIGRATE));
        assertThat(count("SELECT count(*) FROM public.orders WHERE state IS DISTINCT FROM status")).isZero();
        assertThatThrownBy(() -> execute("UPDATE public.orders SET state = NULL WHERE id = 4"))
                .hasMessageContaining("violates not-null constraint");
    }

    @Test
    void afterASwapNoStatementFailsForTheOldTypesSake() throws Exception {
        Plan plan = plan("ALTER TABLE orders ALTER amount TYPE bigint, ALTER code TYPE text");
        PlanRunner runner = new PlanRunner(connection, plan);
        runner.run(runner.revertible());
        execute("UPDATE public.orders SET amount = 3000000000 WHERE id = 1");
        execute("UPDATE public.orders SET code = 'not a number' WHERE id = 2");
        execute("UPDATE public.orders SET code = ' 7' WHERE id = 3");
        execute("INSERT INTO public.orders (id, amount, code) VALUES (5001, 12, '34')");
        String away = name("amount__lk_%");
        String codeAway = name("code__lk_%");
        assertThat(text("SELECT " + away + " FROM public.orders WHERE id = 1")).isNull();
        assertThat(text("SELECT " + codeAway + " FROM public.orders WHERE id = 2")).isNull();
        assertThat(text("SELECT " + codeAway + " FROM public.orders WHERE id = 3")).as("7 is not ' 7'").isNull();
        assertThat(text("SELECT " + away + " || '|' || " + codeAway + " FROM public.orders WHERE id = 5001"))
                .isEqualTo("12|34");
        for (var pair : plan.watch().pairs()) {
            if (pair.gates().contains(Gate.FINALIZE)) {
                assertThat(count("SELECT count(*) FROM public.orders WHERE " + pair.differs())).isZero();
            }
        }
    }

    @Test
    void takingBackARequiredColumnWaitsForRowsThatLackIt() throws Exception {
        execute("ALTER TABLE public.orders ADD COLUMN must integer; UPDATE public.orders SET must = id;"
                + " ALTER TABLE public.orders ALTER must SET NOT NULL");
        Plan plan = plan("ALTER TABLE orders DROP COLUMN must");
        new PlanRunner(connection, plan).run(steps(plan, Phase.EXPAND));
        execute("INSERT INTO public.orders (id) VALUES (5001)");

        Step.Undo undo = plan.steps().stream().filter(step -> step.id().contains("drop-not-null")).findFirst()
                .orElseThrow()
                .undo().orElseThrow();
        assertThat(undo.note()).contains("fails where rows without a value were written since: fill them first");
        List<String> statements = undo.actions().stream().flatMap(action -> StepSql.of(action).stream()).toList();
        execute(statements.get(0));
        assertThatThrownBy(() -> execute(statements.get(1))).hasMessageContaining("is violated by some row");
        execute("UPDATE public.orders SET must = 0 WHERE id = 5001");
        for (String sql : statements.subList(1, statements.size())) {
            execute(sql);
        }
        assertThat(text("SELECT attnotnull FROM pg_attribute WHERE attrelid = 'public.orders'::regclass"
                + " AND attname = 'must'")).isEqualTo("t");
    }

    private Plan plan(String sql) throws Exception {
        return plan(home, database, sql);
    }

    private static Plan plan(Path home, TestDatabase database, String sql) throws Exception {
        TestTargets.add(home, "shop", database);
        Application shop = new Application("shop", Optional.of("1"), "2",
                Optional.of(new SessionSelector(SessionSelector.By.APPLICATION_NAME, "shop/1")), Optional.empty());
        ReleaseRequested release = new ReleaseRequested("shop", "r1", shop,
                List.of(new MigrationFile("1", "V1__x.sql", MigrationFile.checksum(sql), sql, Optional.empty())),
                List.of(), new Policy("demo", null, false, false, false, List.of()));
        PlanEvent event = new Planning(TestTargets.in(VERTX, home), new Planner(GRAMMAR)).plan(release, "event");
        assertThat(event).isInstanceOf(PlanEvent.PlanProposed.class);
        return ((PlanEvent.PlanProposed) event).plan();
    }

    private static List<Step> steps(Plan plan, Phase phase) {
        return new ArrayList<>(plan.steps().stream().filter(step -> step.phase() == phase).toList());
    }

    private String both(int id) throws SQLException {
        return text("SELECT status || '|' || state FROM public.orders WHERE id = " + id);
    }

    private String name(String pattern) throws SQLException {
        return text("SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = 'public.orders'::regclass"
                + " AND attname LIKE '" + pattern + "' AND NOT attisdropped");
    }

    private long count(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }

    private String text(String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(sql)) {
            assertThat(found.next()).as(sql).isTrue();
            return found.getString(1);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
