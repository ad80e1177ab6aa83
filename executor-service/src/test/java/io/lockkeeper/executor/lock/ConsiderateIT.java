package io.lockkeeper.executor.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;

/** What is minded beyond the lock itself: who has waited before, and who reads elsewhere. */
class ConsiderateIT {

    @TempDir
    Path home;

    @TempDir
    Path elsewhere;

    private Shop shop;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY)", "CREATE TABLE items (id int PRIMARY KEY)");
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void tableAtWhichSomebodyWaitedIsLeftAloneForNineTimesAsLong() throws Exception {
        Plan plan = holding().expand("020-other", Plans.ddl("SELECT 1"), "items")
                .expand("030-again", Plans.ddl("SELECT 1"), "orders").build();
        try (Engine engine = Engine.started(shop)) {
            waitBehindTheFirstStep(engine, plan);
        }
        assertThat(shop.value("""
                SELECT o.finished_at < a.started_at - interval '1 second'
                FROM lockkeeper.step o, lockkeeper.step a WHERE o.id = '020-other' AND a.id = '030-again'
                """)).as("another table is not left alone").isEqualTo("t");
        assertLeftAlone();
    }

    @Test
    void whoeverTakesOverLeavesItAloneAsWell() throws Exception {
        Plan plan = holding().build();
        try (Engine engine = Engine.started(shop)) {
            waitBehindTheFirstStep(engine, plan);
        }
        Plan next = Plans.of(Shop.TARGET, "r2").expand("030-again", Plans.ddl("SELECT 1"), "orders").build();
        try (Engine engine = Engine.named(shop, "next").start()) {
            engine.claim(next);
            engine.await(next, RunState.COMPLETED);
        }
        assertLeftAlone();
    }

    /** The first step holds its lock until a reader has waited behind it for 300 ms, by the server's own account. */
    private static Plans holding() {
        return Plans.of(Shop.TARGET, "r1").expand("010-holds", Plans.ddl("""
                DO $$ BEGIN
                  WHILE NOT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE NOT granted
                      AND relation = 'public.orders'::regclass
                      AND waitstart < clock_timestamp() - interval '300 milliseconds') LOOP
                    PERFORM pg_sleep(0.01);
                  END LOOP;
                END $$"""), "orders");
    }

    private void waitBehindTheFirstStep(Engine engine, Plan plan) throws Exception {
        engine.claim(plan);
        await().atMost(Duration.ofSeconds(20)).until(() -> shop.value("SELECT count(*) FROM pg_locks WHERE granted"
                + " AND relation = 'orders'::regclass AND mode = 'AccessExclusiveLock'").equals("1"));
        CompletableFuture.runAsync(() -> shop.value("SELECT count(*) FROM orders")).get();
        engine.await(plan, RunState.COMPLETED);
    }

    private void assertLeftAlone() {
        assertThat(shop.value("""
                SELECT a.started_at - h.finished_at > interval '2 seconds'
                FROM lockkeeper.step h, lockkeeper.step a WHERE h.id = '010-holds' AND a.id = '030-again'
                """)).as("the same table is left alone").isEqualTo("t");
    }

    @Test
    void readerOfAReplicaIsWaitedForAndNamed() throws Exception {
        Plan plan = Plans.of(Shop.TARGET, "r1")
                .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders").build();
        // Any server that has the table: whoever reads it there is looked for by the table's name.
        try (Shop replica = Shop.open(elsewhere);
                Connection reader = replica.connect();
                Statement statement = reader.createStatement()) {
            replica.execute("CREATE TABLE orders (id int PRIMARY KEY)");
            shop.say("replicas: [\"" + replica.target().url() + "\"]");
            reader.setAutoCommit(false);
            statement.execute("SET application_name = 'nightly-report'");
            statement.execute("SELECT count(*) FROM orders");
            try (Engine engine = Engine.started(shop)) {
                engine.claim(plan);
                await().atMost(Duration.ofSeconds(20)).until(() -> shop
                        .value("SELECT blockers #>> '{0,application}' FROM lockkeeper.attempt")
                        .startsWith("nightly-report on " + replica.target().host()));
                assertThat(shop.value("SELECT state FROM lockkeeper.step WHERE id = '010-column'"))
                        .isEqualTo("WAITING_FOR_LOCK");
                reader.rollback();
                engine.await(plan, RunState.COMPLETED);
            }
        }
    }

    @Test
    void replicaThatIsAwayStopsNothing() {
        shop.say("replicas: [\"postgresql://127.0.0.1:1/shop\"]");
        Plan plan = Plans.of(Shop.TARGET, "r1")
                .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders").build();
        try (Engine engine = Engine.started(shop)) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);
        }
    }
}
