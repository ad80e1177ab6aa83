package io.lockkeeper.executor.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.executor.gate.Receipt;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.OrdersAtWork;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;
import io.lockkeeper.messages.Verdict;

/** Steps that are taken back. */
@ExtendWith(OrdersAtWork.class)
class AbortIT {

    private static final Action INDEX = new Action.CreateIndex(Plans.table("orders"), Plans.table("orders_note_idx"),
            "CREATE UNIQUE INDEX CONCURRENTLY orders_note_idx ON public.orders (note)");

    private Shop shop;
    private Engine engine;

    @BeforeEach
    void open(Shop opened, Engine started) {
        shop = opened;
        engine = started;
    }

    @Test
    void abortTakesEverythingBackAndPutsTheRoutineBack() {
        shop.execute("CREATE FUNCTION total(order_id int, factor numeric) RETURNS int LANGUAGE sql AS 'SELECT 1'");
        String before = shop.value("SELECT pg_get_functiondef('total'::regproc)");
        Plan plan = plan()
                .step("010-column", Phase.EXPAND, null, Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"),
                        Plans.exclusive("orders"),
                        Plans.undo(Plans.exclusive("orders"), "ALTER TABLE public.orders DROP COLUMN total"))
                .expand("020-routine", new Action.ReplaceRoutine(Plans.table("total"), List.of("integer", "numeric"),
                        "CREATE OR REPLACE FUNCTION public.total(order_id int, factor numeric) RETURNS int LANGUAGE sql AS 'SELECT 2'"))
                .step("030-index", Phase.MIGRATE, null, INDEX, Plans.shareUpdate("orders"), Optional.empty())
                .contract("040-quarantine", Gate.CONTRACT, Plans.ddl("SELECT 1")).build();

        engine.claim(plan);
        engine.await(plan, RunState.AWAITING_CONTRACT);
        assertThat(shop.value("SELECT total(1, 2)")).isEqualTo("2");
        assertThat(shop.value("SELECT definition_before FROM lockkeeper.routine")).isEqualTo(before);
        assertThat(shop.value("SELECT identity FROM lockkeeper.routine"))
                .isEqualTo("\"public\".\"total\"(integer, numeric)");

        engine.control("abort-1", new Control.Abort(Shop.TARGET, "r1", "ann", Optional.of("wrong release")));
        engine.await(plan, RunState.ABORTED);

        assertThat(shop.value("SELECT pg_get_functiondef('total'::regproc)")).isEqualTo(before);
        assertThat(shop.value("SELECT to_regclass('orders_note_idx') IS NULL")).isEqualTo("t");
        assertThat(shop
                .value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'total'"))
                .isEqualTo("0");
        assertThat(shop.column("SELECT state FROM lockkeeper.step ORDER BY ordinal")).containsExactly("REVERTED",
                "REVERTED", "REVERTED", "SKIPPED", "SKIPPED");
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.gate WHERE state = 'OPEN'")).isEqualTo("0");
    }

    @Test
    void releaseThatHasCompletedIsRevertedAndItsVersionMayComeAgain() {
        shop.execute("CREATE FUNCTION total(order_id int) RETURNS int LANGUAGE sql STABLE SET work_mem = '4MB' AS"
                + " 'SELECT 1'", "COMMENT ON FUNCTION total(int) IS 'of an order'",
                "REVOKE ALL ON FUNCTION total(int) FROM PUBLIC", "GRANT EXECUTE ON FUNCTION total(int) TO pg_monitor");
        List<String> before = catalog();
        Plan plan = plan().file("7")
                .step("010-column", Phase.EXPAND, null, Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"),
                        Plans.exclusive("orders"),
                        Plans.undo(Plans.exclusive("orders"), "ALTER TABLE public.orders DROP COLUMN total"))
                .step("020-routine", Phase.EXPAND, null, total("SELECT 2"), List.of(),
                        Optional.of(new Step.Undo(List.of(total("SELECT 1")), List.of(), true, "")))
                .build();
        engine.claim(plan);
        engine.await(plan, RunState.COMPLETED);
        assertThat(catalog()).isNotEqualTo(before);

        assertThat(engine.control("revert-1", revert()).message()).contains("reverse order");
        engine.await(plan, RunState.REVERTED);

        assertThat(catalog()).isEqualTo(before);
        assertThat(shop.column("SELECT state FROM lockkeeper.step")).containsOnly("REVERTED");
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.migration")).isEqualTo("0");
        assertThat(shop.column("SELECT split_part(id, '/', 3) FROM lockkeeper.outbox WHERE id LIKE '%/run/REVERT%'"
                + " ORDER BY sequence")).containsExactly("REVERTING", "REVERTED");
        assertThat(shop.column("SELECT operation FROM lockkeeper.history WHERE entity = 'migration' ORDER BY sequence"))
                .containsExactly("INSERT", "DELETE");
        Plan again = Plans.of(Shop.TARGET, "r2").file("7").expand("010-one", Plans.ddl("SELECT 1")).build();
        engine.claim(again);
        engine.await(again, RunState.COMPLETED);
    }

    @Test
    void revertIsRefusedWhileALaterReleaseHasTheSameRoutineAndWhereSomebodyHasChangedIt() {
        shop.execute("CREATE FUNCTION total(order_id int) RETURNS int LANGUAGE sql STABLE SET work_mem = '4MB' AS"
                + " 'SELECT 1'");
        Plan first = replacing("r1", "SELECT 2", "SELECT 1");
        Plan second = replacing("r2", "SELECT 3", "SELECT 2");
        for (Plan plan : List.of(first, second)) {
            engine.claim(plan);
            engine.await(plan, RunState.COMPLETED);
        }
        assertThat(engine.control("revert-1", revert()).message())
                .contains("release r2 came later and has routine public.total too");

        engine.control("revert-2", new Control.Revert(Shop.TARGET, "r2", "ann", Optional.empty(), false));
        engine.await(second, RunState.REVERTED);
        shop.execute(sql("SELECT 9"));
        assertThat(engine.control("revert-3", revert()).message()).contains("another definition", "--accept-loss");
        assertThat(shop.value("SELECT total(1)")).isEqualTo("9");

        assertThat(engine.control("revert-4",
                new Control.Revert(Shop.TARGET, "r1", "ann", Optional.empty(), true)).accepted()).isTrue();
        engine.await(first, RunState.REVERTED);
        assertThat(shop.value("SELECT total(1)")).isEqualTo("1");
    }

    private static Plan replacing(String release, String after, String before) {
        return Plans.of(Shop.TARGET, release).step("010-routine", Phase.EXPAND, null, total(after), List.of(),
                Optional.of(new Step.Undo(List.of(total(before)), List.of(), true, ""))).build();
    }

    private static Control revert() {
        return new Control.Revert(Shop.TARGET, "r1", "ann", Optional.empty(), false);
    }

    private static Action total(String body) {
        return new Action.ReplaceRoutine(Plans.table("total"), List.of("integer"), sql(body));
    }

    private static String sql(String body) {
        return "CREATE OR REPLACE FUNCTION public.total(order_id int) RETURNS int LANGUAGE sql STABLE SET work_mem ="
                + " '4MB' AS '" + body + "'";
    }

    /** The columns of the table, and all that there is of the routine. */
    private List<String> catalog() {
        return shop.column("""
                SELECT attname || ' ' || format_type(atttypid, atttypmod) FROM pg_attribute
                WHERE attrelid = 'orders'::regclass AND attnum > 0 AND NOT attisdropped
                UNION ALL
                SELECT concat_ws(' ', oid, proowner::regrole, proacl, obj_description(oid, 'pg_proc'),
                  pg_get_functiondef(oid)) FROM pg_proc WHERE proname = 'total'
                ORDER BY 1""");
    }

    @Test
    void undoOfSeveralActionsRunsThemInOrder() {
        shop.execute("CREATE INDEX orders_old_idx ON orders (note)",
                "ALTER TABLE orders ADD CONSTRAINT given CHECK (note IS NOT NULL)");
        Plan plan = plan()
                .step("010-drop-index", Phase.EXPAND, null,
                        new Action.DropIndex(Plans.table("orders"), Plans.table("orders_old_idx")),
                        Plans.shareUpdate("orders"),
                        Optional.of(new Step.Undo(List.of(new Action.CreateIndex(Plans.table("orders"),
                                Plans.table("orders_old_idx"),
                                "CREATE INDEX CONCURRENTLY orders_old_idx ON public.orders (note)")),
                                Plans.shareUpdate("orders"), true, "")))
                .step("020-drop-check", Phase.EXPAND, null,
                        Plans.ddl("ALTER TABLE public.orders DROP CONSTRAINT given"), Plans.exclusive("orders"),
                        Optional.of(new Step.Undo(List.of(
                                Plans.ddl(
                                        "ALTER TABLE public.orders ADD CONSTRAINT given CHECK (note IS NOT NULL) NOT VALID"),
                                new Action.ValidateConstraint(Plans.table("orders"), "given"),
                                Plans.ddl("COMMENT ON CONSTRAINT given ON public.orders IS 'again'")),
                                Plans.exclusive("orders"), true, "")))
                .contract("030-last", Gate.CONTRACT, Plans.ddl("SELECT 1")).build();

        engine.claim(plan);
        engine.await(plan, RunState.AWAITING_CONTRACT);
        assertThat(shop.value("SELECT to_regclass('orders_old_idx') IS NULL")).isEqualTo("t");
        engine.control("abort-1", new Control.Abort(Shop.TARGET, "r1", "ann", Optional.empty()));
        engine.await(plan, RunState.ABORTED);

        assertThat(shop.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_old_idx'::regclass"))
                .isEqualTo("t");
        assertThat(shop
                .value("SELECT convalidated || ' ' || obj_description(oid) FROM pg_constraint WHERE conname = 'given'"))
                .isEqualTo("true again");
        assertThat(shop.column("SELECT outcome FROM lockkeeper.attempt WHERE step = '020-drop-check' ORDER BY number"))
                .containsExactly("SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED");
    }

    @Test
    void applicationRolledBackLiftsTheQuarantineAsOftenAsItHappensAndItIsMadeAgain() {
        Plan plan = plan()
                .step("010-quarantine", Phase.CONTRACT, Gate.CONTRACT,
                        Plans.ddl("ALTER TABLE public.orders RENAME COLUMN note TO note__lk_gone"),
                        Plans.exclusive("orders"),
                        Optional.of(new Step.Undo(List.of(
                                Plans.ddl("ALTER TABLE public.orders RENAME COLUMN note__lk_gone TO note"),
                                Plans.ddl("COMMENT ON COLUMN public.orders.note IS 'is back'")),
                                Plans.exclusive("orders"), true, "")))
                .pointOfNoReturn("020-drop", Gate.FINALIZE,
                        Plans.ddl("ALTER TABLE public.orders DROP COLUMN note__lk_gone"), "orders")
                .build();
        engine.claim(plan);

        for (int attempt = 1; attempt <= 2; attempt++) {
            engine.pass(plan, Gate.CONTRACT);
            engine.awaitGate(plan, Gate.FINALIZE);
            assertThat(column("note")).isEqualTo("0");

            assertThat(engine.verdict(rolledBack(engine.run(plan)))).isInstanceOf(Receipt.Lifts.class);
            engine.awaitGate(plan, Gate.CONTRACT);

            assertThat(column("note")).isEqualTo("1");
            assertThat(shop.value("SELECT col_description('orders'::regclass, attnum) FROM pg_attribute"
                    + " WHERE attrelid = 'orders'::regclass AND attname = 'note'")).isEqualTo("is back");
            assertThat(engine.run(plan).state()).isEqualTo(RunState.AWAITING_CONTRACT);
            assertThat(engine.run(plan).latest(Gate.CONTRACT).orElseThrow().attempt()).isEqualTo(attempt + 1);
            shop.execute("COMMENT ON COLUMN orders.note IS NULL");
        }
        engine.pass(plan, Gate.CONTRACT);
        engine.pass(plan, Gate.FINALIZE);
        engine.pass(plan, Gate.WATCHED);
        engine.await(plan, RunState.COMPLETED);
        assertThat(column("note__lk_gone")).isEqualTo("0");
    }

    private String column(String name) {
        return shop.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND NOT attisdropped"
                + " AND attname = '" + name + "'");
    }

    private Verdict rolledBack(RunView run) {
        Verdict go = engine.go(run, Gate.FINALIZE);
        List<Evidence> evidence = List.of(new Evidence(EvidenceKind.ROLLOUT, "shop 2", "the new version takes traffic",
                Evidence.Status.FAILED, Severity.P1, "rolled back", "reported deployed", "release events",
                Optional.empty()));
        return new Verdict(go.target(), go.release(), go.run(), go.gate(), go.gateAttempt(), go.planHash(), go.marker(),
                go.observed(), Verdict.Decision.NO_GO, evidence, PlanHash.of(evidence), go.profile(), go.at(),
                go.validUntil());
    }

    @Test
    void undoWaitsForTheLocksThatItTakesItself() throws Exception {
        shop.execute("CREATE TABLE customers (id int PRIMARY KEY)");
        Plan plan = plan().step("010-key", Phase.EXPAND, null,
                Plans.ddl("ALTER TABLE public.orders ADD CONSTRAINT o FOREIGN KEY (id) REFERENCES public.customers"
                        + " NOT VALID"),
                List.of(new Step.LockClaim(Plans.table("orders"), LockMode.SHARE_ROW_EXCLUSIVE),
                        new Step.LockClaim(Plans.table("customers"), LockMode.SHARE_ROW_EXCLUSIVE)),
                Plans.undo(List.of(new Step.LockClaim(Plans.table("customers"), LockMode.ACCESS_EXCLUSIVE),
                        new Step.LockClaim(Plans.table("orders"), LockMode.ACCESS_EXCLUSIVE)),
                        "ALTER TABLE public.orders DROP CONSTRAINT o"))
                .contract("020-last", Gate.CONTRACT, Plans.ddl("SELECT 1")).build();
        engine.claim(plan);
        engine.await(plan, RunState.AWAITING_CONTRACT);

        try (Connection reader = shop.connect(); Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            statement.execute("SELECT FROM customers");
            engine.control("abort-1", new Control.Abort(Shop.TARGET, "r1", "ann", Optional.empty()));
            await().atMost(Duration.ofSeconds(15)).until(() -> shop.value("SELECT count(*) FROM lockkeeper.attempt"
                    + " WHERE step = '010-key' AND number = 2 AND jsonb_array_length(blockers) = 1").equals("1"));
            // It looks before it queues: nobody waits behind it.
            assertThat(shop.value("SELECT count(*) FROM pg_locks WHERE NOT granted")).isEqualTo("0");
            reader.rollback();
        }
        engine.await(plan, RunState.ABORTED);
        assertThat(shop.value("SELECT count(*) FROM pg_constraint WHERE conname = 'o'")).isEqualTo("0");
    }

    @Test
    void abortWhileAStepWaitsForItsLockLeavesNothing() throws Exception {
        Plan plan = plan().expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders")
                .build();
        try (Connection holder = shop.connect(); Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT count(*) FROM orders");
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> engine.run(plan).step("010-column").state() == StepState.WAITING_FOR_LOCK);

            engine.control("abort-1", new Control.Abort(Shop.TARGET, "r1", "ann", Optional.empty()));
            engine.await(plan, RunState.ABORTED);
            holder.rollback();
        }
        assertThat(shop
                .value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'total'"))
                .isEqualTo("0");
    }

    private static Plans plan() {
        return Plans.of(Shop.TARGET, "r1");
    }
}
