package io.lockkeeper.executor.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.testbed.TestPostgres;

/** Real autovacuum workers, slowed down so that they are met in the middle. */
class VacuumIT {

    private static final Plan ADD_COLUMN = Plans.of(Shop.TARGET, "r1")
            .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders").build();

    private static final String WORKER = """
            SELECT v.pid FROM pg_stat_progress_vacuum v JOIN pg_stat_activity a USING (pid)
            WHERE v.relid = 'orders'::regclass AND a.backend_type = 'autovacuum worker' AND a.query LIKE '%s'
            """;

    @TempDir
    Path home;

    private TestPostgres server;
    private Shop shop;

    @BeforeEach
    void open() {
        server = TestPostgres.launch(Map.of("autovacuum_naptime", "1s", "autovacuum_max_workers", "10",
                "autovacuum_vacuum_insert_threshold", "-1"));
        shop = Shop.open(server, home);
    }

    @AfterEach
    void close() {
        shop.close();
        server.close();
    }

    @Test
    void ordinaryAutovacuumYieldsToTheFirstAttempt() {
        shop.execute("""
                CREATE TABLE orders (id int PRIMARY KEY, note text)
                  WITH (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0)
                """, "INSERT INTO orders SELECT i, repeat('x', 500) FROM generate_series(1, 20000) i",
                "ALTER SYSTEM SET autovacuum_vacuum_cost_delay = 100",
                "ALTER SYSTEM SET autovacuum_vacuum_cost_limit = 1",
                "SELECT pg_reload_conf()", "DELETE FROM orders WHERE id % 2 = 0");
        String worker = awaitWorker("autovacuum: VACUUM%");
        try (Engine engine = Engine.started(shop)) {
            engine.claim(ADD_COLUMN);
            engine.await(ADD_COLUMN, RunState.COMPLETED);

            assertThat(shop.column(WORKER.formatted("%"))).doesNotContain(worker);
            assertThat(shop.value("SELECT attempts FROM lockkeeper.step WHERE id = '010-column'")).isEqualTo("1");
        }
    }

    @Test
    void antiWraparoundVacuumIsWaitedForAndNeverQueuedBehind() {
        shop.execute("""
                CREATE TABLE orders (id int PRIMARY KEY, note text)
                  WITH (autovacuum_freeze_max_age = 100000, autovacuum_freeze_min_age = 0)
                """, "INSERT INTO orders SELECT i, repeat('x', 500) FROM generate_series(1, 20000) i",
                "ALTER SYSTEM SET autovacuum_vacuum_cost_delay = 100",
                "ALTER SYSTEM SET autovacuum_vacuum_cost_limit = 1",
                "SELECT pg_reload_conf()", "CREATE TABLE burnt (number int)", """
                DO $$ BEGIN
                  FOR number IN 1..110000 LOOP
                    -- A subtransaction gets a number of its own once it writes.
                    BEGIN INSERT INTO burnt VALUES (number); EXCEPTION WHEN division_by_zero THEN NULL; END;
                  END LOOP;
                END $$""");
        String worker = awaitWorker("%(to prevent wraparound)");
        try (Engine engine = Engine.started(shop)) {
            engine.claim(ADD_COLUMN);
            await().atMost(Duration.ofSeconds(20)).until(
                    () -> shop.value("SELECT state FROM lockkeeper.step WHERE id = '010-column'"),
                    "WAITING_FOR_LOCK"::equals);
            assertThat(shop.value("SELECT blockers #>> '{0,pid}' FROM lockkeeper.attempt WHERE step = '010-column'"))
                    .isEqualTo(worker);
            assertThat(shop.column("SELECT mode FROM pg_locks WHERE relation = 'orders'::regclass AND NOT granted"))
                    .isEmpty();
            assertThat(shop.column(WORKER.formatted("%"))).contains(worker);

            shop.execute("ALTER SYSTEM SET autovacuum_vacuum_cost_delay = 0", "SELECT pg_reload_conf()");
            engine.await(ADD_COLUMN, RunState.COMPLETED);
        }
    }

    private String awaitWorker(String query) {
        return await().atMost(Duration.ofSeconds(30)).until(() -> shop.value(WORKER.formatted(query)),
                pid -> !pid.isEmpty());
    }
}
