package io.lockkeeper.executor.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
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
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;

class BackfillIT {

    private static final int ROWS = 40_000;
    private static final BackfillPolicy SMALL_BATCHES = new BackfillPolicy(2, Duration.ofMillis(30), 0, 0, 0, 0, 4,
            Duration.ofMillis(200), Duration.ofSeconds(10));
    /** Slow enough to be caught in the middle. */
    private static final BackfillPolicy SLOW = new BackfillPolicy(2, Duration.ofMillis(5), 20, 20, 0, 0, 2,
            Duration.ofSeconds(1), Duration.ofSeconds(10));

    /** Where others use the database, one worker at a time. */
    private static final BackfillPolicy ONE_AT_A_TIME = new BackfillPolicy(2, Duration.ofMillis(30), 0, 3, 0, 0, 4,
            Duration.ofMillis(200), Duration.ofSeconds(10));

    @TempDir
    Path home;

    private Shop shop;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, amount text, amount_new bigint)",
                """
                        CREATE FUNCTION sync() RETURNS trigger LANGUAGE plpgsql AS $$
                        BEGIN NEW.amount_new := NEW.amount::bigint; RETURN NEW; END $$""",
                "INSERT INTO orders (id, amount) SELECT g, g::text FROM generate_series(1, " + ROWS + ") g",
                "CREATE TRIGGER zzzz BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION sync()");
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void everyRowIsMovedOnceWhileTheApplicationWrites() {
        Plan plan = plan("orders");
        try (Engine engine = engine(SMALL_BATCHES); Writer writer = new Writer()) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);
            writer.stop();

            assertThat(differing("orders")).isEqualTo("0");
            assertThat(shop.column("SELECT count(*) || ' ' || sum(pass_rows) FROM lockkeeper.cursor"))
                    .containsExactly("2 0");
            // Rows that the application wrote first were set by the trigger: never more than there are.
            assertThat(Long.parseLong(shop.value("SELECT rows FROM lockkeeper.step WHERE kind = 'backfill'")))
                    .isBetween(ROWS / 2L, (long) ROWS);
            assertThat(shop.value("SELECT max(pass) FROM lockkeeper.cursor")).isEqualTo("2");
        }
    }

    @Test
    void whereTheThrottleLeavesOneWorkerTheSharesOfTheOthersAreMovedToo() {
        Plan plan = plan("orders");
        try (Engine engine = engine(ONE_AT_A_TIME); Writer writer = new Writer()) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);
            writer.stop();

            assertThat(differing("orders")).isEqualTo("0");
        }
    }

    @Test
    void pauseStopsBetweenBatchesAndResumeGoesOnFromTheCursor() {
        Plan plan = plan("orders");
        try (Engine engine = engine(SLOW)) {
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(20)).until(() -> progress() > 0);
            engine.control("pause-1", new Control.Pause(Shop.TARGET, "r1", "ann", Optional.empty()));
            engine.await(plan, RunState.PAUSED);
            await().atMost(Duration.ofSeconds(5)).until(() -> shop
                    .value("SELECT outcome FROM lockkeeper.attempt WHERE step = '010-backfill'").equals("INTERRUPTED"));
            long at = progress();
            assertThat(at).isLessThan(ROWS);
            assertThat(shop.value("SELECT a.finished_at - r.updated_at < interval '1 second'"
                    + " FROM lockkeeper.run r JOIN lockkeeper.attempt a ON a.run = r.id")).isEqualTo("t");
        }
        try (Engine fast = engine(SMALL_BATCHES)) {
            long before = progress();
            fast.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
            fast.await(plan, RunState.COMPLETED);

            assertThat(before).isPositive();
            assertThat(differing("orders")).isEqualTo("0");
            assertThat(shop.value("SELECT rows FROM lockkeeper.step WHERE kind = 'backfill'"))
                    .isEqualTo(Integer.toString(ROWS));
        }
    }

    @Test
    void whoeverTunesItIsMindedWithinASecond() {
        Plan plan = plan("orders");
        try (Engine engine = engine(SLOW)) {
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(20)).until(() -> progress() > 0);
            tune(engine, "tune-1", 100_000);
            long[] at = {progress()};
            await().atMost(Duration.ofSeconds(5)).pollInterval(Duration.ofMillis(100)).during(Duration.ofSeconds(2))
                    .until(() -> at[0] == (at[0] = progress()));
            assertThat(shop.value("SELECT max(c.updated_at) - min(r.updated_at) < interval '1 second'"
                    + " FROM lockkeeper.run r, lockkeeper.cursor c")).isEqualTo("t");

            tune(engine, "tune-2", 0);
            await().atMost(Duration.ofSeconds(5)).pollInterval(Duration.ofMillis(20)).until(() -> progress() > at[0]);
            assertThat(shop.value("SELECT max(c.updated_at) - min(r.updated_at) < interval '1 second'"
                    + " FROM lockkeeper.run r, lockkeeper.cursor c")).isEqualTo("t");
            engine.await(plan, RunState.COMPLETED);
        }
    }

    private static void tune(Engine engine, String id, double rest) {
        assertThat(engine.control(id, new Control.Tune(Shop.TARGET, "r1", "ann", Optional.of(1),
                Optional.of(rest))).accepted()).isTrue();
    }

    @Test
    void tableThatIsRewrittenMeanwhileIsBegunAnew() {
        Plan plan = plan("orders");
        try (Engine engine = engine(SLOW)) {
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(20)).until(() -> progress() > 0);
            engine.control("pause-1", new Control.Pause(Shop.TARGET, "r1", "ann", Optional.empty()));
            await().atMost(Duration.ofSeconds(5)).until(() -> shop
                    .value("SELECT outcome FROM lockkeeper.attempt WHERE step = '010-backfill'").equals("INTERRUPTED"));
        }
        String before = shop.value("SELECT filenode FROM lockkeeper.cursor LIMIT 1");
        shop.execute("VACUUM FULL orders");
        try (Engine fast = engine(SMALL_BATCHES)) {
            fast.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
            fast.await(plan, RunState.COMPLETED);

            assertThat(differing("orders")).isEqualTo("0");
            assertThat(shop.value("SELECT filenode FROM lockkeeper.cursor LIMIT 1")).isNotEqualTo(before)
                    .isEqualTo(shop.value("SELECT pg_relation_filenode('orders')"));
            assertThat(shop.value("SELECT rows FROM lockkeeper.step WHERE kind = 'backfill'"))
                    .isEqualTo(Integer.toString(ROWS));
        }
    }

    @Test
    void valueThatCannotBeConvertedHaltsWithoutShowingIt() {
        shop.execute("ALTER TABLE orders DISABLE TRIGGER zzzz",
                "UPDATE orders SET amount = 'forty-two' WHERE id = 20000", "ALTER TABLE orders ENABLE TRIGGER zzzz");
        Plan plan = plan("orders");
        try (Engine engine = engine(SMALL_BATCHES)) {
            engine.claim(plan);
            var run = engine.await(plan, RunState.HALTED);

            var failure = run.step("010-backfill").failure().orElseThrow();
            assertThat(failure.sqlState()).contains("22P02");
            assertThat(failure.message()).contains("row id = 20000").doesNotContain("forty-two");
            assertThat(shop.value("SELECT count(*) FROM lockkeeper.outbox WHERE value LIKE '%forty-two%'"))
                    .isEqualTo("0");

            shop.execute("UPDATE orders SET amount = '42' WHERE id = 20000");
            engine.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
            engine.await(plan, RunState.COMPLETED);
            assertThat(differing("orders")).isEqualTo("0");
        }
    }

    @Test
    void rowThatCannotBeConvertedIsSetAsideByKeyWhereThePolicyAllows() {
        shop.execute("ALTER TABLE orders DISABLE TRIGGER zzzz",
                "UPDATE orders SET amount = 'forty-two' WHERE id IN (7, 20000)",
                "ALTER TABLE orders ENABLE TRIGGER zzzz");
        Plan plan = plan("orders", Optional.empty());
        try (Engine engine = engine(SMALL_BATCHES.leaving(2))) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);

            assertThat(shop.column("SELECT key || ' ' || sqlstate FROM lockkeeper.bad_row ORDER BY key"))
                    .containsExactly("id = 20000 22P02", "id = 7 22P02");
            assertThat(shop.value("SELECT count(*) FROM orders WHERE amount_new IS NULL")).isEqualTo("2");
            assertThat(shop.value("SELECT rows FROM lockkeeper.step WHERE kind = 'backfill'"))
                    .isEqualTo(Integer.toString(ROWS - 2));
        }
    }

    @Test
    void tableThatWasMovedIsVacuumedAndAnalyzedAndKeepsItsPages() {
        shop.execute("ALTER TABLE orders SET (autovacuum_enabled = false)");
        Plan plan = plan("orders");
        try (Engine engine = engine(SMALL_BATCHES)) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);
        }
        // Every page that holds old versions no more can be read by an index alone.
        assertThat(shop.value("SELECT relallvisible > 0 FROM pg_class WHERE relname = 'orders'")).isEqualTo("t");
        assertThat(shop.value("SELECT n_distinct FROM pg_stats WHERE tablename = 'orders' AND attname = 'amount_new'"))
                .isEqualTo("-1");
    }

    @Test
    void fewRowsAreAnalyzedOnly() {
        shop.execute("ALTER TABLE orders SET (autovacuum_enabled = false)",
                "UPDATE orders SET amount_new = amount::bigint WHERE id > 100", "VACUUM FULL orders",
                "ANALYZE orders");
        Plan plan = plan("orders");
        try (Engine engine = engine(SMALL_BATCHES)) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);
        }
        assertThat(shop.value("SELECT relallvisible FROM pg_class WHERE relname = 'orders'")).isEqualTo("0");
        assertThat(shop.value("SELECT null_frac FROM pg_stats WHERE tablename = 'orders' AND attname = 'amount_new'"))
                .isEqualTo("0");
    }

    @Test
    void partitionsAreMovedEachByItsOwnBlocks() {
        shop.execute("CREATE TABLE events (id int, amount text, amount_new bigint) PARTITION BY RANGE (id)",
                "CREATE TABLE events_a PARTITION OF events FOR VALUES FROM (0) TO (10000)",
                "CREATE TABLE events_b PARTITION OF events FOR VALUES FROM (10000) TO (30000)",
                "CREATE TABLE events_empty PARTITION OF events FOR VALUES FROM (30000) TO (40000)",
                "INSERT INTO events SELECT g, g::text FROM generate_series(1, 20000) g");
        Plan plan = plan("events");
        try (Engine engine = engine(SMALL_BATCHES)) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);

            assertThat(differing("events")).isEqualTo("0");
            assertThat(shop.value("SELECT count(DISTINCT filenode) FROM lockkeeper.cursor")).isEqualTo("3");
        }
    }

    @Test
    void batchThatMeetsARowLockGivesWayAndComesBack() throws Exception {
        Plan plan = plan("orders");
        try (Connection holder = shop.connect(); Engine engine = engine(SMALL_BATCHES)) {
            holder.setAutoCommit(false);
            try (var statement = holder.createStatement()) {
                statement.execute("SELECT FROM orders WHERE id = 7 FOR UPDATE");
            }
            engine.claim(plan);
            // Everything else of the other range is done while this row is held.
            await().atMost(Duration.ofSeconds(20)).until(() -> progress() >= ROWS / 2 - 500);
            assertThat(engine.run(plan).state()).isEqualTo(RunState.MIGRATING);
            holder.rollback();
            engine.await(plan, RunState.COMPLETED);
            assertThat(differing("orders")).isEqualTo("0");
        }
    }

    @Test
    void deadlockWithTheApplicationEndsTheBatchNotTheApplication() throws Exception {
        // A slow row between the two: the application waits first, so its own look for a deadlock would be the first.
        shop.execute("DELETE FROM orders WHERE id > 3",
                "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NEW; END'",
                "CREATE TRIGGER slow BEFORE UPDATE ON orders FOR EACH ROW WHEN (NEW.id = 2) EXECUTE FUNCTION slow()");
        Plan plan = plan("orders");
        try (Connection application = shop.connect(); Engine engine = engine(BackfillPolicy.DEFAULT)) {
            application.setAutoCommit(false);
            try (var statement = application.createStatement()) {
                statement.executeUpdate("UPDATE orders SET amount = '30' WHERE id = 3");
                engine.claim(plan);
                await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(5)).until(() -> shop
                        .value("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'").equals("1"));
                // Ends with 40P01 if the batch still waits for row 3 when deadlock_timeout is over.
                statement.executeUpdate("UPDATE orders SET amount = '10' WHERE id = 1");
            }
            application.commit();
            engine.await(plan, RunState.COMPLETED);
            assertThat(shop.column("SELECT amount || ' ' || amount_new FROM orders ORDER BY id"))
                    .containsExactly("10 10", "2 2", "30 30");
        }
    }

    private Engine engine(BackfillPolicy policy) {
        return new Engine(shop, "engine", LockPolicy::of, policy).start();
    }

    private static Plan plan(String table) {
        return plan(table, Optional
                .of("SELECT FROM public." + table + " WHERE amount_new IS DISTINCT FROM amount::bigint"));
    }

    private static Plan plan(String table, Optional<String> validation) {
        return Plans.of(Shop.TARGET, "r1")
                .step(new Step("010-backfill", Phase.MIGRATE, "backfill " + table, Optional.empty(),
                        new Action.Backfill(Plans.table(table),
                                List.of(new Action.Backfill.Assignment("amount_new", "amount::bigint")),
                                "amount_new IS DISTINCT FROM amount::bigint"),
                        List.of(), Optional.empty(), validation,
                        false, Optional.empty(), Optional.empty()))
                .build();
    }

    private long progress() {
        return Long.parseLong(shop.value("SELECT coalesce(sum(rows), 0) FROM lockkeeper.cursor"));
    }

    private String differing(String table) {
        return shop.value("SELECT count(*) FROM " + table + " WHERE amount_new IS DISTINCT FROM amount::bigint");
    }

    /** The application: updates random rows and inserts new ones. */
    private final class Writer implements AutoCloseable {

        private final AtomicBoolean stop = new AtomicBoolean();
        private final CompletableFuture<Void> done = CompletableFuture.runAsync(this::write);

        private void write() {
            try (Connection connection = shop.connect();
                    PreparedStatement update = connection
                            .prepareStatement("UPDATE orders SET amount = (amount::bigint + 1)::text WHERE id = ?");
                    PreparedStatement insert = connection
                            .prepareStatement("INSERT INTO orders (id, amount) VALUES (?, ?)")) {
                for (int number = 0; !stop.get(); number++) {
                    update.setInt(1, 1 + (number * 7919) % ROWS);
                    update.executeUpdate();
                    insert.setInt(1, ROWS + 1 + number);
                    insert.setString(2, Integer.toString(number));
                    insert.executeUpdate();
                }
            } catch (SQLException e) {
                throw new IllegalStateException("the application failed", e);
            }
        }

        void stop() {
            stop.set(true);
            done.join();
        }

        @Override
        public void close() {
            stop.set(true);
        }
    }
}
