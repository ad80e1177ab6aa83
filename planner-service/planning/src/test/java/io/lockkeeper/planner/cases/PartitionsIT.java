package io.lockkeeper.planner.cases;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Application;
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
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** What the server says of partitions' proofs, and what both versions meet while a table has two names. */
class PartitionsIT {

    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @TempDir
    Path home;

    private TestDatabase database;
    private Connection connection;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @BeforeEach
    void open() throws Exception {
        database = TestPostgres.shared().createDatabase("parts");
        connection = database.connect();
        execute(LedgerSchema.DDL);
        execute("CREATE TABLE public.orders (id bigint PRIMARY KEY, status text NOT NULL DEFAULT 'new', hits bigint"
                + " NOT NULL DEFAULT 0)");
        execute("INSERT INTO public.orders (id) SELECT i FROM generate_series(1, 2000) i");
        execute("CREATE TABLE public.points (a int, b text, v text) PARTITION BY RANGE (a, b)");
        execute("CREATE TABLE public.points_rest PARTITION OF public.points DEFAULT");
        execute("CREATE TABLE public.lists (id int, kind text) PARTITION BY LIST (kind)");
        execute("CREATE TABLE public.lists_2 (id int, kind text)");
        execute("CREATE TABLE public.lists_3 PARTITION OF public.lists FOR VALUES IN ('m', 'n', NULL)");
        execute("INSERT INTO public.points SELECT i, 'b', 'v' FROM generate_series(1, 100) i");
        execute("INSERT INTO public.lists_2 SELECT i, 'a' FROM generate_series(1, 100) i");
        for (String[] side : new String[][]{{"1", "'x'"}, {"2", "MINVALUE"}, {"3", "MAXVALUE"}}) {
            execute("CREATE TABLE public.points_" + side[0] + " (a int, b text, v text)");
            execute("INSERT INTO public.points_" + side[0] + " VALUES (-1, 'y', 'v')");
        }
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
        database.close();
    }

    @Test
    void noAttachScansWhatHoldsRows() throws Exception {
        for (String sql : List.of(
                "ALTER TABLE points ATTACH PARTITION points_1 FOR VALUES FROM (-2, 'x') TO (0, 'x')",
                "ALTER TABLE points ATTACH PARTITION points_2 FOR VALUES FROM (-2, MINVALUE) TO (0, MINVALUE)",
                "ALTER TABLE points ATTACH PARTITION points_3 FOR VALUES FROM (-2, MAXVALUE) TO (-1, MAXVALUE)",
                "ALTER TABLE lists ATTACH PARTITION lists_2 FOR VALUES IN ('a', 'b')")) {
            PlanRunner runner = new PlanRunner(connection, plan(sql));
            List<Step> steps = runner.revertible();
            List<String> said = run(runner, steps, "attach-partition");
            assertThat(said).as(sql).anyMatch(text -> text.contains("is implied by existing constraints"))
                    .noneMatch(text -> text.startsWith("verifying table"));
            runner.undo(steps);
        }
    }

    @Test
    void aDetachedPartitionIsGivenBackWithoutAScan() throws Exception {
        PlanRunner runner = new PlanRunner(connection, plan("ALTER TABLE lists DETACH PARTITION lists_3"));
        List<Step> steps = runner.revertible();
        runner.run(steps);
        assertThat(value("SELECT count(*) FROM pg_constraint WHERE conrelid = 'public.lists_3'::regclass"))
                .isEqualTo("0");
        List<Step> detach = steps.stream().filter(step -> step.id().contains("detach-partition")).toList();
        runner.undo(steps.subList(steps.indexOf(detach.get(0)) + 1, steps.size()));
        Action attach = detach.get(0).undo().orElseThrow().actions().get(1);
        List<String> said = listening(((Action.Ddl) attach).statements().get(0));
        assertThat(said).anyMatch(text -> text.contains("is implied by existing constraints"));
    }

    @Test
    void bothVersionsUseARenamedTableByPreparedStatementsAllTheWhile() throws Exception {
        Plan plan = plan("ALTER TABLE orders RENAME TO purchases");
        PlanRunner runner = new PlanRunner(connection, plan);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean expanded = new AtomicBoolean();
        ExecutorService writers = Executors.newFixedThreadPool(2);
        try {
            Future<Integer> oldVersion = writers.submit(writer("orders", stop, () -> true, 1));
            Future<Integer> newVersion = writers.submit(writer("purchases", stop, expanded::get, 1001));
            runner.run(steps(plan, Phase.EXPAND));
            expanded.set(true);
            while (!newVersion.isDone() && value("SELECT count(*) FROM public.purchases WHERE id > 1000 AND hits > 0")
                    .equals("0")) {
                Thread.onSpinWait();
            }
            stop.set(true);
            int written = oldVersion.get() + newVersion.get();
            assertThat(newVersion.get()).isPositive();
            assertThat(value("SELECT sum(hits) FROM public.purchases")).isEqualTo(String.valueOf(written));
        } finally {
            stop.set(true);
            writers.shutdown();
        }
        runner.run(steps(plan, Phase.CONTRACT));
        assertThat(value("SELECT to_regclass('public.orders') IS NULL")).isEqualTo("t");
    }

    private Callable<Integer> writer(String table, AtomicBoolean stop, Callable<Boolean> ready, int first) {
        return () -> {
            int written = 0;
            try (Connection own = database.connect()) {
                while (!stop.get() && !ready.call()) {
                    Thread.onSpinWait();
                }
                try (PreparedStatement update = own.prepareStatement(
                        "UPDATE public." + table + " SET hits = hits + 1 WHERE id = ? RETURNING *");
                        PreparedStatement upsert = own.prepareStatement("INSERT INTO public." + table
                                + " AS t (id) VALUES (?) ON CONFLICT (id) DO UPDATE SET hits = t.hits + 1")) {
                    while (!stop.get()) {
                        update.setInt(1, first + written % 1000);
                        update.execute();
                        upsert.setInt(1, first + written % 1000);
                        upsert.execute();
                        written += 2;
                    }
                }
            }
            return written;
        };
    }

    private List<String> run(PlanRunner runner, List<Step> steps, String id) throws Exception {
        List<String> said = new ArrayList<>();
        for (Step step : steps) {
            if (step.id().contains(id)) {
                for (String sql : ((Action.Ddl) step.action()).statements()) {
                    said.addAll(listening(sql));
                }
            } else {
                runner.run(List.of(step));
            }
        }
        return said;
    }

    /** What the server says at DEBUG1 while a statement runs. */
    private List<String> listening(String sql) throws SQLException {
        List<String> said = new ArrayList<>();
        execute("SET client_min_messages = debug1");
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            for (SQLWarning warning = statement.getWarnings(); warning != null; warning = warning.getNextWarning()) {
                said.add(warning.getMessage());
            }
        } finally {
            execute("RESET client_min_messages");
        }
        return said;
    }

    private Plan plan(String sql) throws Exception {
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
        return plan.steps().stream().filter(step -> step.phase() == phase).toList();
    }

    private String value(String sql) throws SQLException {
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
