package io.lockkeeper.executor.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.backfill.BackfillPolicy;
import io.lockkeeper.executor.lock.LockPolicy;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.ExecutorProcess;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.testbed.TestPostgres;

/** Whatever disturbs a run, it ends as the undisturbed one: same catalog, data, ledger and logical events. */
class DisturbedFaultIT {

    private static final int ROWS = 20_000;
    private static final BackfillPolicy SLOW = new BackfillPolicy(2, Duration.ofMillis(5), 10, 10, 0, 0, 2,
            Duration.ofSeconds(1), Duration.ofSeconds(10));

    @TempDir
    Path home;

    @Test
    void backendsEndedAtEveryStepBoundaryChangeNothingInTheEnd() {
        try (Shop shop = Shop.open(home); Engine engine = Engine.named(shop, "engine")) {
            Plan plan = prepare(shop);
            engine.claim(plan);
            endBackendsOnceAtEveryStepBoundary(shop);
            engine.start().await(plan, RunState.COMPLETED);
            assertThat(shop.column("SELECT relname::text FROM pg_class WHERE relname LIKE 'boundary %'"
                    + " AND pg_sequence_last_value(oid) > 1")).as("boundaries that were reached again")
                    // What nothing hinders begins and ends in one transaction: two steps are never seen RUNNING.
                    .hasSize(2 * plan.steps().size() - 2);
            assertThat(Integer.parseInt(shop.value("SELECT epoch FROM lockkeeper.target"))).isGreaterThan(2);
            shop.execute("DROP TRIGGER boundary ON lockkeeper.step");
            assertSameAsUndisturbed(shop);
        }
    }

    @Test
    void serverThatIsKilledInTheMiddleOfABackfillLosesNothing() {
        try (TestPostgres server = TestPostgres.launch(Map.of("fsync", "on")); Shop shop = Shop.open(server, home)) {
            Plan plan = prepare(shop);
            try (Engine engine = new Engine(shop, "engine", LockPolicy::of, SLOW).start()) {
                engine.claim(plan);
                awaitHalf(shop);
                server.kill();
                server.start();
                await().atMost(Duration.ofSeconds(60)).ignoreExceptions()
                        .until(() -> shop.value("SELECT state FROM lockkeeper.run").equals("COMPLETED"));
                assertSameAsUndisturbed(shop);
            }
        }
    }

    @Test
    void twoExecutorsAtOnceDoEachStepOnce() {
        try (Shop shop = Shop.open(home)) {
            Plan plan = prepare(shop);
            try (Engine one = Engine.named(shop, "one").start(); Engine other = Engine.named(shop, "other").start()) {
                assertThat(one.claim(plan)).isEqualTo(other.claim(plan));
                one.await(plan, RunState.COMPLETED);
                assertSameAsUndisturbed(shop);
                assertThat(shop.column("SELECT DISTINCT number FROM lockkeeper.attempt")).containsExactly("1");
            }
        }
    }

    @Test
    void stoppedExecutorThatWakesAfterATakeoverWritesNothing() throws Exception {
        try (Shop shop = Shop.open(home)) {
            Plan plan = prepare(shop);
            try (Engine desk = Engine.named(shop, "desk");
                    ExecutorProcess sleeper = ExecutorProcess.start(home,
                            Map.of("lockkeeper.backfill.nice", "10", "lockkeeper.backfill.workers", "1"))) {
                sleeper.awaitReady();
                desk.claim(plan);
                awaitHalf(shop);
                sleeper.signal("STOP");
                endBackends(shop); // as the server does once the connections are dead
                try (Engine next = Engine.named(shop, "next").start()) {
                    next.await(plan, RunState.COMPLETED);
                    String history = shop.value("SELECT count(*) || hash FROM lockkeeper.history_head GROUP BY hash");
                    sleeper.signal("CONT");
                    await().atMost(Duration.ofSeconds(20))
                            .until(() -> sleeper.get("/q/health/live").statusCode() == 200);
                    await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(10)).until(() -> shop
                            .value("SELECT count(*) || hash FROM lockkeeper.history_head GROUP BY hash"),
                            history::equals);
                }
                assertSameAsUndisturbed(shop);
            }
        }
    }

    private static Plan prepare(Shop shop) {
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text, note_length int)",
                "INSERT INTO orders SELECT g, repeat('x', g % 50) FROM generate_series(1, " + ROWS + ") g");
        return Plans.of(Shop.TARGET, "r1").file("1")
                .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders")
                .step("020-index", Phase.EXPAND, null,
                        new Action.CreateIndex(Plans.table("orders"), Plans.table("orders_note_idx"),
                                "CREATE INDEX CONCURRENTLY orders_note_idx ON public.orders (note_length)"),
                        Plans.shareUpdate("orders"), Optional.empty())
                .expand("030-table", Plans.ddl("CREATE TABLE public.one (id int)"))
                .migrate("040-backfill", new Action.Backfill(Plans.table("orders"),
                        List.of(new Action.Backfill.Assignment("note_length", "length(note)")),
                        "note_length IS DISTINCT FROM length(note)"))
                .build();
    }

    private static void awaitHalf(Shop shop) {
        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20)).until(() -> Long
                .parseLong(shop.value("SELECT coalesce(sum(rows), 0) FROM lockkeeper.cursor")) > ROWS / 10);
        assertThat(shop.value("SELECT state FROM lockkeeper.run")).isEqualTo("MIGRATING");
    }

    /** Sequences count outside of transactions: a boundary that has ended its backends once lets the next pass. */
    private static void endBackendsOnceAtEveryStepBoundary(Shop shop) {
        shop.execute("""
                DO $$ DECLARE of text; BEGIN
                  FOR of IN SELECT id || ' ' || reached FROM lockkeeper.step, unnest(ARRAY['RUNNING', 'SUCCEEDED']) reached
                  LOOP
                    EXECUTE format('CREATE SEQUENCE public.%I', 'boundary ' || of);
                  END LOOP;
                END $$""", """
                CREATE FUNCTION public.boundary() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
                  IF nextval(format('public.%I', 'boundary ' || NEW.id || ' ' || NEW.state)) = 1 THEN
                    PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name LIKE 'lockkeeper/executor/%'
                      AND application_name ~ '/(keeper|ledger|watch|work-.*)$';
                  END IF;
                  RETURN NULL;
                END $$""", """
                CREATE TRIGGER boundary AFTER UPDATE OF state ON lockkeeper.step FOR EACH ROW
                WHEN (NEW.state IN ('RUNNING', 'SUCCEEDED') AND NEW.state <> OLD.state)
                EXECUTE FUNCTION public.boundary()""");
    }

    private static void endBackends(Shop shop) {
        shop.execute("""
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name LIKE 'lockkeeper/executor/%'
                  AND application_name ~ '/(keeper|ledger|watch|work-.*)$'
                """);
    }

    private static void assertSameAsUndisturbed(Shop shop) {
        assertThat(shop.column("SELECT attname FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attnum > 0"
                + " ORDER BY attnum")).containsExactly("id", "note", "note_length", "total");
        assertThat(shop.column("SELECT indexrelid::regclass || ' ' || indisvalid FROM pg_index"
                + " WHERE indrelid = 'orders'::regclass ORDER BY 1"))
                .containsExactly("orders_note_idx true", "orders_pkey true");
        assertThat(shop.value("SELECT count(*) FROM orders WHERE note_length IS DISTINCT FROM length(note)"))
                .isEqualTo("0");
        assertThat(shop.column("SELECT DISTINCT state FROM lockkeeper.step")).containsExactly("SUCCEEDED");
        assertThat(shop.value("SELECT rows FROM lockkeeper.step WHERE id = '040-backfill'"))
                .isEqualTo(Integer.toString(ROWS));
        assertThat(shop.column("SELECT count(*) FROM lockkeeper.attempt WHERE outcome = 'SUCCEEDED' GROUP BY step"))
                .containsOnly("1").hasSize(5);
        assertThat(shop.column("SELECT version FROM lockkeeper.migration")).containsExactly("1");
        assertThat(shop.column("""
                SELECT split_part(id, '/', 2) || '/' || split_part(id, '/', 3) FROM lockkeeper.outbox
                WHERE id LIKE '%/SUCCEEDED' OR id LIKE '%/milestone/%' ORDER BY sequence
                """)).containsExactly("step/010-column", "step/020-index", "step/030-table", "milestone/expanded",
                "step/040-backfill", "milestone/migrated", "milestone/completed", "step/999-conclude");
    }
}
