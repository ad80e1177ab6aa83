package io.lockkeeper.executor.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.ExecutorProcess;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;

/** kill -9 of the executor, then another one: the run completes, nothing twice, nothing left behind. */
class CrashFaultIT {

    private static final int ROWS = 40_000;

    @TempDir
    Path home;

    private Shop shop;
    /** Not started: hands plans in and reads the ledger. */
    private Engine desk;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text, note_length int)",
                "INSERT INTO orders SELECT g, repeat('x', g % 50) FROM generate_series(1, " + ROWS + ") g");
        desk = Engine.named(shop, "desk");
    }

    @AfterEach
    void close() {
        desk.close();
        shop.close();
    }

    @Test
    void killedBackfillResumesAfterItsLastCommittedBatch() {
        // Each update leaves one line: a row that is moved twice leaves two.
        shop.execute("CREATE TABLE audit (id int)",
                """
                        CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
                        BEGIN INSERT INTO public.audit VALUES (NEW.id); RETURN NULL; END $$""",
                "CREATE TRIGGER audit AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION audit()");
        Plan plan = Plans.of(Shop.TARGET, "r1").migrate("010-backfill", backfill()).build();
        desk.claim(plan);
        long before;
        try (ExecutorProcess executor = start("backfill.batch:2")) {
            executor.awaitKilled();
            before = Long.parseLong(shop.value("SELECT sum(rows) FROM lockkeeper.cursor"));
            assertThat(before).isBetween(1L, ROWS - 1L);
            assertThat(shop.value("SELECT count(*) FROM audit")).isEqualTo(Long.toString(before));
        }
        try (ExecutorProcess executor = start()) {
            executor.awaitReady();
            desk.await(plan, RunState.COMPLETED);
        }
        assertThat(shop.value("SELECT count(*) FROM orders WHERE note_length IS DISTINCT FROM length(note)"))
                .isEqualTo("0");
        assertThat(shop.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM audit")).isEqualTo(ROWS + " " + ROWS);
        assertThat(shop.value("SELECT rows FROM lockkeeper.step WHERE id = '010-backfill'"))
                .isEqualTo(Integer.toString(ROWS));
        assertThat(shop.column("SELECT outcome FROM lockkeeper.attempt WHERE step = '010-backfill' ORDER BY number"))
                .containsExactly("INTERRUPTED", "SUCCEEDED");
    }

    @Test
    void killedDataStepTakesEveryRowExactlyOnce() throws Exception {
        Plan plan = Plans.of(Shop.TARGET, "r1").migrate("010-data",
                new Action.ChangeRows(Plans.table("orders"), "orders",
                        List.of(new Action.ChangeRows.KeyColumn("id", "integer")),
                        "UPDATE public.orders SET note_length = coalesce(note_length, 0) + 1 WHERE (", ")"))
                .build();
        desk.claim(plan);
        try (ExecutorProcess executor = start("backfill.batch:3")) {
            executor.awaitKilled();
        }
        String before = shop.value("SELECT rows FROM lockkeeper.key_cursor");
        assertThat(Long.parseLong(before)).isBetween(1L, ROWS - 1L);
        assertThat(shop.value("SELECT count(*) FROM orders WHERE note_length = 1")).isEqualTo(before);
        // Rows move to other blocks between the two lives: their keys do not.
        shop.execute("UPDATE orders SET note = repeat('y', 100) WHERE id % 3 = 0", "VACUUM FULL orders");
        try (ExecutorProcess executor = start()) {
            executor.awaitReady();
            desk.await(plan, RunState.COMPLETED);
        }
        assertThat(shop.column("SELECT DISTINCT note_length FROM orders")).containsExactly("1");
        assertThat(shop.value("SELECT rows FROM lockkeeper.step WHERE id = '010-data'"))
                .isEqualTo(Integer.toString(ROWS));
        assertThat(shop.column("SELECT outcome FROM lockkeeper.attempt WHERE step = '010-data' ORDER BY number"))
                .containsExactly("INTERRUPTED", "SUCCEEDED");
    }

    @Test
    void killedIndexBuildThatAnOpenTransactionHeldIsFinishedAndLeavesNoInvalidIndex() throws Exception {
        Plan plan = Plans.of(Shop.TARGET, "r1").step("010-index", Phase.EXPAND, null,
                new Action.CreateIndex(Plans.table("orders"), Plans.table("orders_note_idx"),
                        "CREATE INDEX CONCURRENTLY orders_note_idx ON public.orders (note_length)"),
                Plans.shareUpdate("orders"), Optional.empty()).build();
        try (Connection writer = shop.connect(); Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE orders SET note = note WHERE id = 1");
            desk.claim(plan);
            try (ExecutorProcess executor = start()) {
                executor.awaitReady();
                await().atMost(Duration.ofSeconds(30)).until(
                        () -> !shop.value("SELECT indexrelid FROM pg_index WHERE NOT indisvalid").isEmpty());
                executor.kill();
            }
            try (ExecutorProcess executor = start()) {
                executor.awaitReady();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> shop.value("SELECT epoch FROM lockkeeper.target").equals("2"));
                writer.rollback();
                desk.await(plan, RunState.COMPLETED);
            }
        }
        assertThat(shop.column("SELECT indexrelid::regclass || ' ' || indisvalid FROM pg_index"
                + " WHERE indrelid = 'orders'::regclass ORDER BY 1"))
                .containsExactly("orders_note_idx true", "orders_pkey true");
        assertThat(
                shop.value("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'lockkeeper/executor/%'"
                        + " AND datname = current_database() AND state = 'active'"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"step.after:020", "step.before:030"})
    void killedBetweenStepsTheRunGoesOnWithTheNext(String point) {
        completesAfterACrashAt(point);
    }

    @Tag("campaign")
    @ParameterizedTest
    @ValueSource(strings = {"step.before:010", "step.after:010", "step.before:020", "step.after:030",
            "step.before:040", "step.after:040", "step.before:999", "step.after:999", "backfill.batch:1",
            "backfill.batch:2"})
    void killedAnywhereTheRunCompletes(String point) {
        completesAfterACrashAt(point);
    }

    @Tag("campaign")
    @ParameterizedTest
    @ValueSource(strings = {"step.before:020", "step.before:010"})
    void killedWhileItIsRevertedTheRunIsRevertedByTheNext(String point) {
        Plan plan = Plans.of(Shop.TARGET, "r1").file("1")
                .step("010-column", Phase.EXPAND, null, Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"),
                        Plans.exclusive("orders"),
                        Plans.undo(Plans.exclusive("orders"), "ALTER TABLE public.orders DROP COLUMN total"))
                .step("020-table", Phase.EXPAND, null, Plans.ddl("CREATE TABLE public.one (id int)"), List.of(),
                        Plans.undo(List.of(), "DROP TABLE public.one"))
                .build();
        desk.claim(plan);
        try (ExecutorProcess executor = start()) {
            executor.awaitReady();
            desk.await(plan, RunState.COMPLETED);
        }
        desk.control("revert-1", new Control.Revert(Shop.TARGET, "r1", "ann", Optional.empty(), false));
        try (ExecutorProcess executor = start(point)) {
            executor.awaitKilled();
        }
        assertThat(desk.run(plan).state()).isEqualTo(RunState.REVERTING);
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.migration")).isEqualTo("1");
        try (ExecutorProcess executor = start()) {
            executor.awaitReady();
            desk.await(plan, RunState.REVERTED);
        }
        assertThat(shop
                .column("SELECT attname FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'total'"))
                .isEmpty();
        assertThat(shop.value("SELECT to_regclass('one') IS NULL")).isEqualTo("t");
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.migration")).isEqualTo("0");
    }

    private void completesAfterACrashAt(String point) {
        Plan plan = Plans.of(Shop.TARGET, "r1").file("1")
                .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders")
                .step("020-index", Phase.EXPAND, null,
                        new Action.CreateIndex(Plans.table("orders"), Plans.table("orders_note_idx"),
                                "CREATE INDEX CONCURRENTLY orders_note_idx ON public.orders (note_length)"),
                        Plans.shareUpdate("orders"), Optional.empty())
                .expand("030-table", Plans.ddl("CREATE TABLE public.one (id int)")).migrate("040-backfill", backfill())
                .build();
        desk.claim(plan);
        try (ExecutorProcess executor = start(point)) {
            executor.awaitKilled();
        }
        try (ExecutorProcess executor = start()) {
            executor.awaitReady();
            desk.await(plan, RunState.COMPLETED);
        }
        assertThat(shop.column("SELECT state FROM lockkeeper.step")).containsOnly("SUCCEEDED");
        assertThat(shop.column("SELECT count(*) FROM lockkeeper.attempt WHERE outcome = 'SUCCEEDED' GROUP BY step"))
                .containsExactly("1", "1", "1", "1", "1");
        assertThat(shop.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid")).isEqualTo("0");
        assertThat(shop.value("SELECT rows FROM lockkeeper.step WHERE id = '040-backfill'"))
                .isEqualTo(Integer.toString(ROWS));
        assertThat(shop.column("SELECT version FROM lockkeeper.migration")).containsExactly("1");
    }

    private static Action backfill() {
        return new Action.Backfill(Plans.table("orders"),
                List.of(new Action.Backfill.Assignment("note_length", "length(note)")),
                "note_length IS DISTINCT FROM length(note)");
    }

    private ExecutorProcess start() {
        return ExecutorProcess.start(home, Map.of("lockkeeper.backfill.nice", "0"));
    }

    private ExecutorProcess start(String crashAt) {
        return ExecutorProcess.start(home, Map.of("lockkeeper.crash-at", crashAt, "lockkeeper.backfill.nice", "0"));
    }
}
