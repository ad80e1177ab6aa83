package io.lockkeeper.executor.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.FakePooler;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;

class AdoptionIT {

    @TempDir
    Path home;

    private Shop shop;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)");
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void ofTwoExecutorsOneWorksAndTheOtherTakesOver() {
        Plan plan = Plans.of(Shop.TARGET, "r1").expand("010-one", Plans.ddl("SELECT 1"))
                .expand("020-two", Plans.ddl("SELECT 1")).contract("030-three", Gate.CONTRACT, Plans.ddl("SELECT 1"))
                .contract("040-four", Gate.FINALIZE, Plans.ddl("SELECT 1")).build();
        try (Engine second = Engine.named(shop, "second")) {
            try (Engine first = Engine.named(shop, "first").start()) {
                first.claim(plan);
                first.await(plan, RunState.AWAITING_CONTRACT);
                second.start();
                // A verdict that comes through the other one is found in the ledger.
                second.pass(plan, Gate.CONTRACT);
                first.await(plan, RunState.AWAITING_FINALIZE);
                assertThat(shop.column("SELECT DISTINCT executor FROM lockkeeper.attempt")).containsExactly("first");
            }
            second.pass(plan, Gate.FINALIZE);
            second.pass(plan, Gate.WATCHED);
            second.await(plan, RunState.COMPLETED);
        }
        assertThat(shop.column("SELECT executor FROM lockkeeper.attempt WHERE step IN ('040-four', '999-conclude')"))
                .containsOnly("second");
        assertThat(shop.column("SELECT count(*) FROM lockkeeper.attempt GROUP BY step")).containsOnly("1");
        assertThat(shop.value("SELECT epoch FROM lockkeeper.target")).isEqualTo("2");
    }

    @Test
    void backendsThatEndUnderAStepAreReplacedAndTheStepGoesOn() throws Exception {
        Plan plan = Plans.of(Shop.TARGET, "r1")
                .step("010-index", Phase.EXPAND, null,
                        new Action.CreateIndex(Plans.table("orders"), Plans.table("orders_note_idx"),
                                "CREATE INDEX CONCURRENTLY orders_note_idx ON public.orders (note)"),
                        Plans.shareUpdate("orders"), Optional.empty())
                .build();
        try (Engine engine = Engine.started(shop);
                Connection writer = shop.connect();
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("INSERT INTO orders VALUES (1, 'a')");
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(15)).until(
                    () -> !shop.value("SELECT indexrelid FROM pg_index WHERE NOT indisvalid").isEmpty());

            shop.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    + " WHERE application_name LIKE 'lockkeeper/executor/%' AND datname = current_database()");
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> shop.value("SELECT epoch FROM lockkeeper.target").equals("2"));
            writer.rollback();
            engine.await(plan, RunState.COMPLETED);
        }
        assertThat(shop.column("SELECT indisvalid FROM pg_index WHERE indrelid = 'orders'::regclass"))
                .containsExactly("t", "t");
        assertThat(shop.column("SELECT outcome FROM lockkeeper.attempt WHERE step = '010-index' ORDER BY number"))
                .containsExactly("INTERRUPTED", "SUCCEEDED");
    }

    @Test
    void poolerInFrontIsRefusedAtTheClaimAndAtTheTakeover() {
        Plan plan = Plans.of(Shop.TARGET, "r1").expand("010-one", Plans.ddl("SELECT 1")).build();
        Plan next = Plans.of(Shop.TARGET, "r2").expand("010-one", Plans.ddl("SELECT 1")).build();
        String host = shop.target().host();
        int port = shop.target().port();
        try (Engine engine = Engine.named(shop, "engine"); FakePooler pooler = new FakePooler(host, port)) {
            engine.claim(plan);
            shop.moveTo(pooler.host(), pooler.port());
            engine.claim(next);
            assertThat(shop.column("SELECT value::jsonb #>> '{failure,code}' FROM lockkeeper.outbox"
                    + " WHERE id LIKE '%/refused'")).containsExactly("pooler");
            engine.start();
            await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(5))
                    .until(() -> shop.value("SELECT state FROM lockkeeper.run").equals("CLAIMED"));

            shop.moveTo(host, port);
            engine.wake(Shop.TARGET);
            engine.await(plan, RunState.COMPLETED);
        }
    }

    @Test
    void databaseThatWasClonedIsRefusedUntilSomebodySaysItIsMeant() {
        Plan plan = Plans.of(Shop.TARGET, "r1").expand("010-one", Plans.ddl("SELECT 1"))
                .contract("020-two", Gate.CONTRACT, Plans.ddl("SELECT 1")).build();
        try (Engine engine = Engine.named(shop, "engine")) {
            engine.claim(plan);
            String identity = shop.value("SELECT system_identifier FROM lockkeeper.target");
            shop.execute("UPDATE lockkeeper.target SET system_identifier = '1'");
            engine.start();
            await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(5))
                    .until(() -> engine.run(plan).state() == RunState.CLAIMED);

            Plan next = Plans.of(Shop.TARGET, "r2").expand("010-one", Plans.ddl("SELECT 1")).build();
            engine.claim(next);
            assertThat(shop.column("SELECT value::jsonb #>> '{failure,code}' FROM lockkeeper.outbox"
                    + " WHERE id LIKE '%/refused'")).isEqualTo(List.of("database-changed"));
            shop.execute("UPDATE lockkeeper.target SET system_identifier = '" + identity + "'");
            engine.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
            engine.await(plan, RunState.AWAITING_CONTRACT);
        }
    }
}
