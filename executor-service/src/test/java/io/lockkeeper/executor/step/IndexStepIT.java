package io.lockkeeper.executor.step;

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
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;

/** CREATE INDEX CONCURRENTLY as a life cycle. */
class IndexStepIT {

    private static final Action INDEX = new Action.CreateIndex(Plans.table("orders"), Plans.table("orders_note_idx"),
            "CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON public.orders (note)");

    @TempDir
    Path home;

    private Shop shop;
    private Engine engine;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT g, 'n' || g FROM generate_series(1, 100) g");
        engine = Engine.started(shop);
    }

    @AfterEach
    void close() {
        engine.close();
        shop.close();
    }

    @Test
    void failedUniqueIndexLeavesNothingBehindAndIsBuiltOnceTheRowsAllowIt() {
        shop.execute("INSERT INTO orders VALUES (101, 'n1')");
        Plan plan = plan().step("010-index", Phase.EXPAND, null, INDEX, Plans.shareUpdate("orders"), Optional.empty())
                .build();

        engine.claim(plan);
        var run = engine.await(plan, RunState.HALTED);

        assertThat(run.step("010-index").failure().orElseThrow().sqlState()).contains("23505");
        assertThat(shop.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid")).isEqualTo("0");

        shop.execute("DELETE FROM orders WHERE id = 101");
        engine.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
        engine.await(plan, RunState.COMPLETED);
        assertThat(shop.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_note_idx'::regclass"))
                .isEqualTo("t");
    }

    @Test
    void indexOfSomebodyElseIsLeftAlone() {
        shop.execute("CREATE INDEX orders_note_idx ON orders (id)");
        Plan plan = plan().step("010-index", Phase.EXPAND, null, INDEX, Plans.shareUpdate("orders"), Optional.empty())
                .build();

        engine.claim(plan);
        var run = engine.await(plan, RunState.HALTED);
        engine.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
        await().atMost(Duration.ofSeconds(10)).until(() -> shop
                .value("SELECT count(*) FROM lockkeeper.outbox WHERE id LIKE '%/run/HALTED/%'").equals("2"));

        assertThat(run.step("010-index").failure().orElseThrow().code()).isEqualTo("index-exists");
        engine.control("abort-1", new Control.Abort(Shop.TARGET, "r1", "ann", Optional.empty()));
        engine.await(plan, RunState.ABORTED);
        assertThat(shop.value("SELECT pg_get_indexdef('orders_note_idx'::regclass)")).contains("(id)");
    }

    @Test
    void indexBuildNamesWhomItWaitsFor() throws Exception {
        Plan plan = plan().step("010-index", Phase.EXPAND, null, INDEX, Plans.shareUpdate("orders"), Optional.empty())
                .build();
        try (Connection writer = shop.connect(); Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("SET application_name = 'nightly-job'");
            statement.execute("UPDATE orders SET note = note WHERE id = 1");

            engine.claim(plan);
            await().atMost(Duration.ofSeconds(15)).until(() -> shop
                    .value("SELECT blockers #>> '{0,application}' FROM lockkeeper.attempt").equals("nightly-job"));
            assertThat(engine.run(plan).step("010-index").state()).isEqualTo(StepState.WAITING_FOR_LOCK);
            writer.rollback();
        }
        engine.await(plan, RunState.COMPLETED);
    }

    @Test
    void pauseLetsTheIndexBuildEndAndKeepsIt() throws Exception {
        Plan plan = plan().step("010-index", Phase.EXPAND, null, INDEX, Plans.shareUpdate("orders"), Optional.empty())
                .expand("020-one", Plans.ddl("SELECT 1")).build();
        try (Connection writer = shop.connect(); Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE orders SET note = note WHERE id = 1");
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> engine.run(plan).step("010-index").state() == StepState.WAITING_FOR_LOCK);
            engine.control("pause-1", new Control.Pause(Shop.TARGET, "r1", "ann", Optional.empty()));
            writer.rollback();
        }
        await().atMost(Duration.ofSeconds(15))
                .until(() -> engine.run(plan).step("010-index").state() == StepState.SUCCEEDED);
        assertThat(engine.run(plan).state()).isEqualTo(RunState.PAUSED);
        assertThat(engine.run(plan).step("020-one").attempts()).isZero();

        engine.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
        engine.await(plan, RunState.COMPLETED);
    }

    @Test
    void abortCancelsTheIndexBuildAndTakesItsRemainsAway() throws Exception {
        Plan plan = plan().step("010-index", Phase.EXPAND, null, INDEX, Plans.shareUpdate("orders"),
                Optional.of(new Step.Undo(
                        List.of(new Action.DropIndex(Plans.table("orders"), Plans.table("orders_note_idx"))),
                        Plans.shareUpdate("orders"), true, "")))
                .build();
        try (Connection writer = shop.connect(); Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE orders SET note = note WHERE id = 1");
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> engine.run(plan).step("010-index").state() == StepState.WAITING_FOR_LOCK);

            engine.control("abort-1", new Control.Abort(Shop.TARGET, "r1", "ann", Optional.empty()));
            await().atMost(Duration.ofSeconds(10)).until(() -> shop
                    .value("SELECT outcome FROM lockkeeper.attempt WHERE number = 1").equals("INTERRUPTED"));
            writer.rollback();
        }
        engine.await(plan, RunState.ABORTED);
        assertThat(shop.value("SELECT to_regclass('orders_note_idx') IS NULL")).isEqualTo("t");
    }

    private static Plans plan() {
        return Plans.of(Shop.TARGET, "r1");
    }
}
