package io.lockkeeper.executor.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.lock.LockPolicy;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Action.ChangeRows.KeyColumn;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;

class ChangeRowsIT {

    private static final int ROWS = 30_000;
    private static final List<KeyColumn> ID = List.of(new KeyColumn("id", "bigint"));
    private static final Action COUNT = new Action.ChangeRows(Plans.table("orders"), "o", ID,
            "UPDATE public.orders AS o SET n = n + 1 WHERE (", ")");
    private static final BackfillPolicy FAST = new BackfillPolicy(1, Duration.ofMillis(20), 0, 0, 0, 0, 4,
            Duration.ofMillis(200), Duration.ofSeconds(10));
    /** Slow enough to be caught in the middle. */
    private static final BackfillPolicy SLOW = new BackfillPolicy(1, Duration.ofMillis(2), 30, 30, 0, 0, 2,
            Duration.ofSeconds(1), Duration.ofSeconds(10));

    @TempDir
    Path home;

    private Shop shop;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute(
                "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int NOT NULL, note text)",
                "INSERT INTO orders (n) SELECT 0 FROM generate_series(1, " + ROWS + ")");
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void everyRowIsTakenExactlyOnceWhileTheApplicationMovesAndInsertsRows() throws Exception {
        Plan plan = plan(COUNT);
        AtomicBoolean stop = new AtomicBoolean();
        try (Engine engine = engine(FAST)) {
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> write(stop));
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);
            stop.set(true);
            writer.join();
        }
        long end = Long.parseLong(shop.value("SELECT end_key[1] FROM lockkeeper.key_cursor"));
        assertThat(end).isGreaterThanOrEqualTo(ROWS);
        assertThat(shop.column("SELECT DISTINCT n FROM orders WHERE id <= " + end)).containsExactly("1");
        assertThat(shop.column("SELECT DISTINCT n FROM orders WHERE id > " + end)).isSubsetOf("0");
        assertThat(shop.value("SELECT rows FROM lockkeeper.step WHERE kind = 'change-rows'"))
                .isEqualTo(shop.value("SELECT count(*) FROM orders WHERE id <= " + end));
        assertThat(shop.value("SELECT count(*) FROM orders WHERE note IS NOT NULL")).isNotEqualTo("0");
    }

    @Test
    void pauseStopsBetweenBatchesAndResumeGoesOnBehindTheLastKey() {
        Plan plan = plan(COUNT);
        try (Engine engine = engine(SLOW)) {
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(20)).until(() -> taken() > 0);
            engine.control("pause-1", new Control.Pause(Shop.TARGET, "r1", "ann", Optional.empty()));
            await().atMost(Duration.ofSeconds(10)).until(() -> shop
                    .value("SELECT outcome FROM lockkeeper.attempt WHERE step = '010-data'").equals("INTERRUPTED"));
        }
        long before = taken();
        assertThat(before).isBetween(1L, ROWS - 1L)
                .isEqualTo(Long.parseLong(shop.value("SELECT count(*) FROM orders WHERE n = 1")));
        try (Engine fast = engine(FAST)) {
            fast.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
            fast.await(plan, RunState.COMPLETED);
        }
        assertThat(shop.column("SELECT DISTINCT n FROM orders")).containsExactly("1");
    }

    @Test
    void throttlePausesItByNameAndLetsItGoOn() throws Exception {
        Plan plan = plan(COUNT);
        List<Connection> busy = new ArrayList<>();
        try (Engine engine = engine(FAST.on(1))) {
            for (int number = 0; number < 4; number++) {
                Connection connection = shop.connect();
                busy.add(connection);
                CompletableFuture.runAsync(() -> {
                    try (Statement statement = connection.createStatement()) {
                        statement.execute("SELECT pg_sleep(600)");
                    } catch (java.sql.SQLException e) {
                        // ended by the test
                    }
                });
            }
            await().atMost(Duration.ofSeconds(10)).until(() -> shop.value("SELECT count(*) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'").equals("4"));
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(20)).until(
                    () -> shop.value("SELECT state || throttled_by::text FROM lockkeeper.step WHERE id = '010-data'"),
                    "THROTTLED{active-sessions}"::equals);
            assertThat(taken()).isZero();
            shop.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'");
            engine.await(plan, RunState.COMPLETED);
        } finally {
            for (Connection connection : busy) {
                connection.close();
            }
        }
        assertThat(shop.column("SELECT DISTINCT n FROM orders")).containsExactly("1");
    }

    @Test
    void batchWithABadRowHaltsAndIsTakenOnceWhenItIsMended() {
        shop.execute("ALTER TABLE orders ADD CONSTRAINT small CHECK (n < 5)",
                "UPDATE orders SET n = 4 WHERE id = 20000");
        Plan plan = plan(COUNT);
        try (Engine engine = engine(FAST)) {
            engine.claim(plan);
            var run = engine.await(plan, RunState.HALTED);
            assertThat(run.step("010-data").failure().orElseThrow().sqlState()).contains("23514");
            assertThat(run.step("010-data").failure().orElseThrow().message()).contains("row id = 20000,");
            // Everything before it is done: the batch was split until the row was alone.
            assertThat(taken()).isEqualTo(19_999);
            assertThat(shop.value("SELECT count(*) FROM orders WHERE n = 1")).isEqualTo(Long.toString(taken()));

            shop.execute("UPDATE orders SET n = 0 WHERE id = 20000");
            engine.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
            engine.await(plan, RunState.COMPLETED);
        }
        assertThat(shop.column("SELECT DISTINCT n FROM orders")).containsExactly("1");
    }

    @Test
    void rowThatCannotBeChangedIsSetAsideByKeyWhereThePolicyAllows() {
        shop.execute("ALTER TABLE orders ADD CONSTRAINT small CHECK (n < 5)",
                "UPDATE orders SET n = 4 WHERE id IN (7, 20000)");
        Plan plan = plan(COUNT);
        try (Engine engine = engine(FAST.leaving(2))) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);
        }
        assertThat(shop.column("SELECT key || ' ' || sqlstate FROM lockkeeper.bad_row ORDER BY key"))
                .containsExactly("id = 20000 23514", "id = 7 23514");
        assertThat(shop.column("SELECT id FROM orders WHERE n <> 1 ORDER BY id")).containsExactly("7", "20000");
        assertThat(shop.value("SELECT rows FROM lockkeeper.step WHERE kind = 'change-rows'"))
                .isEqualTo(Integer.toString(ROWS - 2));
    }

    @Test
    void keysOfSeveralColumnsAndAnyTypeAreFollowed() {
        shop.execute("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')",
                "CREATE TABLE events (mood mood, at timestamptz, name varchar(20) COLLATE \"C\", code uuid, gone boolean,"
                        + " PRIMARY KEY (mood, at, name, code))",
                "INSERT INTO events SELECT (ARRAY['happy', 'sad', 'ok'])[1 + g % 3]::mood,"
                        + " '2026-01-01'::timestamptz + g / 7 * interval '1.000001 s', 'n ''\" {' || g % 5,"
                        + " md5(g::text)::uuid, g % 2 = 0 FROM generate_series(1, 5000) g",
                "CREATE TABLE kept (name text PRIMARY KEY, times int)", "INSERT INTO kept VALUES ('n ''\" {1', 100)");
        List<KeyColumn> key = List.of(new KeyColumn("mood", "public.mood"),
                new KeyColumn("at", "timestamp with time zone"), new KeyColumn("name", "character varying(20)"),
                new KeyColumn("code", "uuid"));
        Plan plan = Plans.of(Shop.TARGET, "r1").file("1")
                .migrate("010-data", new Action.ChangeRows(Plans.table("events"), "events", key,
                        "INSERT INTO public.kept SELECT name, 1 FROM public.events WHERE (",
                        ") AND (gone) ON CONFLICT DO NOTHING"))
                .migrate("020-data", new Action.ChangeRows(Plans.table("events"), "events", key,
                        "DELETE FROM public.events WHERE (", ") AND (gone)"))
                .build();
        try (Engine engine = engine(FAST)) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);
        }
        assertThat(shop.column("SELECT count(*) || ' ' || count(*) FILTER (WHERE gone) FROM events"))
                .containsExactly("2500 0");
        assertThat(shop.column("SELECT name || ' ' || times FROM kept ORDER BY name")).hasSize(5)
                .contains("n '\" {1 100", "n '\" {2 1");
        assertThat(shop.column("SELECT rows FROM lockkeeper.step WHERE kind = 'change-rows' ORDER BY ordinal"))
                .containsExactly("4", "2500");
    }

    @Test
    void rowsOfAPartitionedTableAreTakenThroughItsParentAsTheOwner() {
        shop.execute("CREATE TABLE logs (id bigint, day int, n int NOT NULL DEFAULT 0, PRIMARY KEY (day, id))"
                + " PARTITION BY RANGE (day)", "CREATE TABLE logs_a PARTITION OF logs FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE logs_b PARTITION OF logs FOR VALUES FROM (10) TO (20)",
                "INSERT INTO logs SELECT g, g % 20 FROM generate_series(1, 4000) g");
        shop.migratorOf("logs", "logs_a", "logs_b");
        Plan plan = plan(new Action.ChangeRows(Plans.table("logs"), "logs",
                List.of(new KeyColumn("day", "integer"), new KeyColumn("id", "bigint")),
                "UPDATE public.logs SET n = n + day WHERE (", ") AND (day <> 3)"));
        try (Engine engine = engine(FAST)) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);
        }
        assertThat(shop.value("SELECT count(*) FROM logs WHERE n <> CASE WHEN day = 3 THEN 0 ELSE day END"))
                .isEqualTo("0");
    }

    private void write(AtomicBoolean stop) {
        try (Connection connection = shop.connect(); Statement statement = connection.createStatement()) {
            for (int i = 0; !stop.get(); i++) {
                statement.execute("UPDATE orders SET note = repeat('x', 200) WHERE id % 997 = " + i % 997);
                statement.execute("INSERT INTO orders (n) VALUES (0)");
            }
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private long taken() {
        String rows = shop.value("SELECT rows FROM lockkeeper.key_cursor");
        return rows.isEmpty() ? 0 : Long.parseLong(rows);
    }

    private static Plan plan(Action action) {
        return Plans.of(Shop.TARGET, "r1").migrate("010-data", action).build();
    }

    private Engine engine(BackfillPolicy policy) {
        return new Engine(shop, "engine", LockPolicy::of, policy).start();
    }
}
