package io.lockkeeper.executor.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
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

/** Steps that run beside the traffic, outside of a transaction: DETACH, REINDEX and REFRESH, done and interrupted. */
class OnlineStepIT {

    private static final Action DETACH = new Action.DetachPartition(Plans.table("parted"), Plans.table("parted_1"));

    @TempDir
    Path home;

    private Shop shop;
    private Engine engine;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text)",
                "INSERT INTO orders SELECT g, 'n' || g FROM generate_series(1, 100) g",
                "CREATE TABLE parted (id int) PARTITION BY RANGE (id)",
                "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (1000)",
                "INSERT INTO parted SELECT g FROM generate_series(1, 100) g");
        engine = Engine.started(shop);
    }

    @AfterEach
    void close() {
        engine.close();
        shop.close();
    }

    @Test
    void partitionIsDetachedWhileItsReaderGoesOn() throws Exception {
        Plan plan = plan(DETACH, "parted", Optional.empty());
        try (Connection reader = shop.connect(); Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT FROM parted");
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> shop.value("SELECT count(*) FROM pg_inherits WHERE inhdetachpending").equals("1"));
            try (Connection other = shop.connect(); Statement beside = other.createStatement()) {
                beside.execute("SET lock_timeout = 1000");
                beside.execute("SELECT FROM parted");
            }
            reader.rollback();
        }
        engine.await(plan, RunState.COMPLETED);
        assertThat(shop.value("SELECT count(*) FROM pg_inherits WHERE inhparent = 'parted'::regclass")).isEqualTo("0");
    }

    @Test
    void interruptedDetachIsFinalized() throws Exception {
        try (Connection reader = shop.connect(); Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT FROM parted");
            try (Connection killed = shop.connect(); Statement detach = killed.createStatement()) {
                detach.execute("SET statement_timeout = 500");
                assertThatThrownBy(() -> detach.execute("ALTER TABLE parted DETACH PARTITION parted_1 CONCURRENTLY"))
                        .isInstanceOf(SQLException.class).hasMessageContaining("statement timeout");
            }
            reader.rollback();
        }
        assertThat(shop.value("SELECT count(*) FROM pg_inherits WHERE inhdetachpending")).isEqualTo("1");
        Plan plan = plan(DETACH, "parted", Optional.empty());

        engine.claim(plan);
        engine.await(plan, RunState.COMPLETED);

        assertThat(shop.value("SELECT count(*) FROM pg_inherits WHERE inhparent = 'parted'::regclass")).isEqualTo("0");
    }

    @Test
    void abortOfAPendingDetachAttachesThePartitionAgain() throws Exception {
        Plan plan = plan(DETACH, "parted", Optional.of(new Step.Undo(List.of(DETACH,
                Plans.ddl("ALTER TABLE public.parted ATTACH PARTITION public.parted_1 FOR VALUES FROM (0) TO (1000)")),
                Plans.exclusive("parted"), true, "")));
        try (Connection reader = shop.connect(); Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT FROM parted");
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(15))
                    .until(() -> shop.value("SELECT count(*) FROM pg_inherits WHERE inhdetachpending").equals("1"));
            engine.control("abort-1", new Control.Abort(Shop.TARGET, "r1", "ann", Optional.empty()));
            await().atMost(Duration.ofSeconds(10)).until(() -> shop
                    .value("SELECT outcome FROM lockkeeper.attempt WHERE number = 1").equals("INTERRUPTED"));
            reader.rollback();
        }
        engine.await(plan, RunState.ABORTED);
        assertThat(shop.value("SELECT count(*) FROM parted")).isEqualTo("100");
        assertThat(shop.value("SELECT count(*) FROM pg_inherits WHERE inhdetachpending")).isEqualTo("0");
    }

    @Test
    void indexesAreBuiltAgainAndRemainsOfAnInterruptedAttemptGo() throws Exception {
        String before = shop.value("SELECT relfilenode FROM pg_class WHERE relname = 'orders_pkey'");
        Plan plan = plan(new Action.Reindex(Plans.table("orders"), Optional.empty()), "orders", Optional.empty());
        try (Connection writer = shop.connect(); Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE orders SET note = note WHERE id = 1");
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(15)).until(
                    () -> shop.value("SELECT count(*) FROM pg_class WHERE relname = 'orders_pkey_ccnew'").equals("1"));
            shop.value("SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE query LIKE '%REINDEX%'"
                    + " AND pid <> pg_backend_pid()");
            await().atMost(Duration.ofSeconds(15)).until(() -> shop
                    .value("SELECT outcome IS NOT NULL FROM lockkeeper.attempt WHERE number = 1").equals("t"));
            writer.rollback();
        }
        engine.await(plan, RunState.HALTED);
        assertThat(shop.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid")).isEqualTo("0");
        engine.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
        engine.await(plan, RunState.COMPLETED);

        assertThat(shop.value("SELECT relfilenode FROM pg_class WHERE relname = 'orders_pkey'")).isNotEqualTo(before);
        assertThat(shop.value("SELECT count(*) FROM pg_class WHERE relname ~ '_cc(new|old)'")).isEqualTo("0");
    }

    @Test
    void viewIsFilledThenRefreshedBesideItsReaders() throws Exception {
        shop.execute("CREATE MATERIALIZED VIEW totals AS SELECT id, note FROM orders WITH NO DATA",
                "CREATE UNIQUE INDEX ON totals (id)");
        Action refresh = new Action.RefreshView(Plans.table("totals"));
        Plan plan = Plans.of(Shop.TARGET, "r1")
                .step("010-fill", Phase.MIGRATE, null, refresh, List.of(), Optional.empty())
                .migrate("020-more", Plans.ddl("INSERT INTO public.orders VALUES (101, 'more')"))
                .step("030-refresh", Phase.MIGRATE, null, refresh, List.of(), Optional.empty()).build();
        engine.claim(plan);
        engine.await(plan, RunState.COMPLETED);
        assertThat(shop.value("SELECT count(*) FROM totals")).isEqualTo("101");

        Plan again = Plans.of(Shop.TARGET, "r2").step("010-refresh", Phase.MIGRATE, null, refresh, List.of(),
                Optional.empty()).build();
        shop.execute("DELETE FROM orders WHERE id = 101");
        try (Connection reader = shop.connect(); Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT FROM totals");
            engine.claim(again);
            engine.await(again, RunState.COMPLETED);
            reader.rollback();
        }
        assertThat(shop.value("SELECT count(*) FROM totals")).isEqualTo("100");
    }

    private static Plan plan(Action action, String table, Optional<Step.Undo> undo) {
        return Plans.of(Shop.TARGET, "r1")
                .step("010-online", Phase.EXPAND, null, action, Plans.shareUpdate(table), undo)
                .build();
    }
}
