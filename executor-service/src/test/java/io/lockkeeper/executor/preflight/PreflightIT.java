package io.lockkeeper.executor.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;

class PreflightIT {

    private static final AlertPath DEAD = () -> AlertPath.State.DEAD;
    private static final AlertPath ALIVE = () -> AlertPath.State.ALIVE;

    @TempDir
    Path home;

    private Shop shop;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text, note_length int)",
                "INSERT INTO orders SELECT g, 'n' FROM generate_series(1, 1000) g", "ANALYZE orders");
    }

    @AfterEach
    void close() {
        shop.close();
    }

    @Test
    void whatIsFoundStandsInTheLedgerTheEventAndTheRecordBeforeTheFirstStep() {
        Plan plan = plan();
        try (Engine engine = Engine.started(shop)) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);

            assertThat(statuses()).contains("server-version ok", "primary ok", "schema-version ok", "sizes ok",
                    "connections ok", "wraparound ok", "slots ok", "archive ok", "events ok", "observer ok",
                    "data-steps ok", "alert-path unknown", "headroom unknown");
            assertThat(shop.value("SELECT message FROM lockkeeper.preflight WHERE finding = 'sizes'"))
                    .contains("data steps write up to as much again");
            assertThat(shop.column("SELECT id FROM lockkeeper.outbox ORDER BY sequence")).elements(0, 1)
                    .extracting(id -> id.substring(id.indexOf('/') + 1))
                    .containsExactly("run/CLAIMED", "preflight/1/passed");
            assertThat(engine.record(plan)).contains("## Before the first step", "| 1 | headroom | unknown |");
        }
    }

    @Test
    void deadAlertPathHaltsTheRunUntilItIsMended() {
        Plan plan = plan();
        try (Engine engine = Engine.looking(shop, DEAD)) {
            engine.claim(plan);
            assertThat(engine.await(plan, RunState.HALTED).reason()).hasValueSatisfying(
                    reason -> assertThat(reason).startsWith("preflight: ").contains("alert-path", "then resume"));
            assertThat(shop.column("SELECT DISTINCT state FROM lockkeeper.step")).containsExactly("PENDING");
        }
        try (Engine engine = Engine.looking(shop, ALIVE)) {
            engine.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
            engine.await(plan, RunState.COMPLETED);

            assertThat(shop.column("SELECT number || ' ' || status FROM lockkeeper.preflight"
                    + " WHERE finding = 'alert-path' ORDER BY number")).containsExactly("1 fail", "2 ok");
            assertThat(
                    shop.column("SELECT split_part(id, '/', 3) || ' ' || split_part(id, '/', 4) FROM lockkeeper.outbox"
                            + " WHERE id LIKE '%/preflight/%' ORDER BY sequence"))
                    .containsExactly("1 halted", "2 passed");
        }
    }

    @Test
    void whoeverWaitsForALockOnATableOfThePlanIsCounted() throws SQLException {
        Plan plan = Plans.of(Shop.TARGET, "r1")
                .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders").build();
        try (Connection holder = shop.connect(); Engine engine = Engine.named(shop, "engine")) {
            holder.setAutoCommit(false);
            try (var statement = holder.createStatement()) {
                statement.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE");
            }
            var waiting = CompletableFuture.runAsync(() -> shop.value("SELECT count(*) FROM orders"));
            await().atMost(Duration.ofSeconds(10)).until(() -> shop.value("SELECT count(*) FROM pg_locks"
                    + " WHERE NOT granted AND waitstart < clock_timestamp() - interval '1 second'"
                    + " AND relation = 'orders'::regclass").equals("1"));
            engine.claim(plan);
            engine.start();
            await().atMost(Duration.ofSeconds(20)).until(() -> statuses().contains("waiting-locks warn"));
            holder.rollback();
            waiting.join();
            engine.await(plan, RunState.COMPLETED);
        }
    }

    @Test
    void sessionsThatCannotBeSeenAreUnknownNotWell() throws SQLException {
        shop.blindMigrator("orders");
        try (Connection other = shop.connect(); Engine engine = Engine.started(shop)) {
            other.setAutoCommit(false);
            try (var statement = other.createStatement()) {
                statement.execute("SELECT 1");
            }
            engine.claim(plan());
            engine.await(plan(), RunState.COMPLETED);
            assertThat(statuses()).contains("long-transactions unknown");
        }
    }

    @Test
    void limitsAreThoseOfThePage() {
        assertThat(Condition.connections(80, 100).status().wireName()).isEqualTo("ok");
        assertThat(Condition.connections(81, 100).status().wireName()).isEqualTo("fail");
        assertThat(Condition.wraparound("shop", 499_999_999, true).status().wireName()).isEqualTo("ok");
        assertThat(Condition.wraparound("shop", 1_500_000_000, false).status().wireName()).isEqualTo("warn");
        assertThat(Condition.wraparound("shop", 1_500_000_000, true).status().wireName()).isEqualTo("fail");
    }

    private List<String> statuses() {
        return shop.column("SELECT finding || ' ' || status FROM lockkeeper.preflight WHERE number = 1");
    }

    private static Plan plan() {
        return Plans.of(Shop.TARGET, "r1").expand("010-one", Plans.ddl("CREATE TABLE public.one (id int)"))
                .migrate("020-fill", new Action.Backfill(Plans.table("orders"),
                        List.of(new Action.Backfill.Assignment("note_length", "length(note)")),
                        "note_length IS DISTINCT FROM length(note)"))
                .build();
    }
}
