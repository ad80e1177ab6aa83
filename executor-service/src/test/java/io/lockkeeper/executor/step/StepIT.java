package io.lockkeeper.executor.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.OrdersAtWork;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.target.Session;

@ExtendWith(OrdersAtWork.class)
class StepIT {

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
    void errorThatNoRetryHelpsHaltsTheRunAndSaysWhatToDo() {
        Plan plan = plan().expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders")
                .expand("020-broken", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders").build();

        engine.claim(plan);
        var run = engine.await(plan, RunState.HALTED);

        var failure = run.step("020-broken").failure().orElseThrow();
        assertThat(failure.sqlState()).contains("42701");
        assertThat(failure.message()).contains("020-broken").contains("total").contains("resume the run, or abort it");
        assertThat(run.step("010-column").state()).isEqualTo(StepState.SUCCEEDED);
        assertThat(run.step("020-broken").attempts()).isEqualTo(1);

        shop.execute("ALTER TABLE orders DROP COLUMN total");
        engine.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
        engine.await(plan, RunState.COMPLETED);
    }

    @Test
    void stepAndItsLedgerRowCommitTogether() {
        Plan plan = plan().expand("010-two", Plans.ddl("CREATE TABLE public.one (id int)",
                "CREATE TABLE public.two (id int) -- the last line is a comment", "SELECT 1 / 0")).build();

        engine.claim(plan);
        engine.await(plan, RunState.HALTED);

        assertThat(shop.value("SELECT to_regclass('public.one') IS NULL")).isEqualTo("t");
        assertThat(shop.value("SELECT marker IS NULL FROM lockkeeper.step WHERE id = '010-two'")).isEqualTo("t");
    }

    @Test
    void rowAndSchemaChangeCarryOneTransactionNumber() {
        Plan plan = plan().expand("010-table", Plans.ddl("CREATE TABLE public.one (id int)")).build();

        engine.claim(plan);
        engine.await(plan, RunState.COMPLETED);

        assertThat(shop.value("SELECT xmin FROM pg_class WHERE oid = 'public.one'::regclass"))
                .isEqualTo(shop.value("SELECT xmin FROM lockkeeper.step WHERE id = '010-table'"));
    }

    @Test
    void catalogThatChangedSinceThePlanHaltsBeforeTheFirstStep() {
        Plan plan = plan().precondition("orders", "0123")
                .expand("010-table", Plans.ddl("CREATE TABLE public.one (id int)"))
                .build();

        engine.claim(plan);
        var run = engine.await(plan, RunState.HALTED);

        assertThat(run.reason().orElseThrow()).startsWith("catalog-changed").contains("public.orders");
        assertThat(shop.value("SELECT to_regclass('public.one') IS NULL")).isEqualTo("t");
    }

    @Test
    void tableThatSomebodyChangesBetweenTwoStepsHaltsTheRunUntilItIsTakenAsItIs() {
        String fingerprint;
        try (Session session = engine.session("test")) {
            fingerprint = session.query(LedgerSchema.FINGERPRINT, "public", "orders").get(0).getString("fingerprint");
        }
        Plan plan = plan().precondition("orders", fingerprint)
                .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders")
                .contract("020-drop", Gate.CONTRACT, Plans.ddl("ALTER TABLE public.orders DROP COLUMN total"), "orders")
                .contract("030-table", Gate.FINALIZE, Plans.ddl("CREATE TABLE public.one (id int)")).build();
        engine.claim(plan);
        engine.await(plan, RunState.AWAITING_CONTRACT);
        shop.execute("CREATE INDEX by_somebody ON orders (note)");
        engine.pass(plan, Gate.CONTRACT);

        var run = engine.await(plan, RunState.HALTED);
        assertThat(run.reason().orElseThrow()).startsWith("catalog-changed").contains("public.orders", "resume");
        assertThat(run.step("020-drop").attempts()).isZero();

        engine.control("resume-1", new Control.Resume(Shop.TARGET, plan.release(), "ann"));
        engine.await(plan, RunState.AWAITING_FINALIZE);
        // What the run itself has changed is no drift.
        engine.pass(plan, Gate.FINALIZE);
        engine.pass(plan, Gate.WATCHED);
        engine.await(plan, RunState.COMPLETED);
    }

    @Test
    void constraintIsValidated() {
        shop.execute("ALTER TABLE orders ADD CONSTRAINT note_given CHECK (note IS NOT NULL) NOT VALID");
        Plan plan = plan().step("010-validate", Phase.MIGRATE, null,
                new Action.ValidateConstraint(Plans.table("orders"), "note_given"), Plans.shareUpdate("orders"),
                Optional.empty()).build();

        engine.claim(plan);
        engine.await(plan, RunState.COMPLETED);

        assertThat(shop.value("SELECT convalidated FROM pg_constraint WHERE conname = 'note_given'")).isEqualTo("t");
    }

    @Test
    void validationThatFindsRowsHaltsTheRun() {
        Plan plan = plan().step(new Step("010-column", Phase.EXPAND, "column", Optional.empty(),
                Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), Plans.exclusive("orders"),
                Optional.empty(), Optional.of("SELECT id FROM public.orders WHERE total IS NULL"), false,
                Optional.empty(), Optional.empty())).build();

        engine.claim(plan);
        var run = engine.await(plan, RunState.HALTED);

        assertThat(run.reason().orElseThrow()).startsWith("validation-failed").contains("100 rows");
    }

    @Test
    void secondReleaseOnTheSameTableIsRefusedByNameWhileARunIsOpen() {
        Plan first = plan().contract("010-drop", Gate.CONTRACT, Plans.ddl("SELECT 1"), "orders").build();
        Plan second = Plans.of(Shop.TARGET, "r2").expand("010-one", Plans.ddl("SELECT 1"), "orders").build();

        engine.claim(first);
        engine.claim(second);

        assertThat(shop.value("SELECT value::jsonb #>> '{failure,message}' FROM lockkeeper.outbox"
                + " WHERE id LIKE '%/refused'")).contains("release r1 is still running");
        assertThat(shop.column("SELECT release FROM lockkeeper.run")).containsExactly("r1");
    }

    @Test
    void publicationIsDroppedOnlyOnceTheSlotIsGone() {
        Plan plan = Plans.of(Shop.TARGET, "r1").stream("lockkeeper_0123456789abcdef")
                .expand("000-publication",
                        new Action.CreatePublication("lockkeeper_0123456789abcdef", List.of(Plans.table("orders"))))
                .expand("010-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders").build();
        shop.execute("SELECT pg_create_logical_replication_slot('lockkeeper_0123456789abcdef', 'pgoutput')");

        engine.claim(plan);
        await().atMost(Duration.ofSeconds(15))
                .until(() -> engine.run(plan).step("999-conclude").state() == StepState.RUNNING);
        assertThat(shop.value("SELECT count(*) FROM pg_publication_tables WHERE tablename = 'orders'")).isEqualTo("1");
        assertThat(engine.run(plan).state()).isEqualTo(RunState.MIGRATING);

        shop.execute("SELECT pg_drop_replication_slot('lockkeeper_0123456789abcdef')");
        engine.await(plan, RunState.COMPLETED);
        assertThat(shop.value("SELECT count(*) FROM pg_publication")).isEqualTo("0");
    }

    @Test
    void columnsThatAreNotPublishedNeverAppearInTheStream() {
        assumeTrue(Integer.parseInt(shop.value("SHOW server_version_num")) >= 150_000, "column lists");
        String name = "lockkeeper_0123456789abcdef";
        shop.execute("ALTER TABLE orders ADD COLUMN secret text");
        Plan plan = Plans.of(Shop.TARGET, "r1").stream(name)
                .expand("000-publication", new Action.CreatePublication(name, List.of(Plans.table("orders")),
                        List.of(new Action.CreatePublication.ColumnList(Plans.table("orders"), List.of("id")))))
                .contract("010-drop", Gate.CONTRACT, Plans.ddl("ALTER TABLE public.orders DROP COLUMN secret"),
                        "orders")
                .build();
        engine.claim(plan);
        await().atMost(Duration.ofSeconds(15))
                .until(() -> shop.value("SELECT count(*) FROM pg_publication").equals("1"));

        shop.execute("SELECT pg_create_logical_replication_slot('" + name + "', 'pgoutput')",
                "INSERT INTO orders (id, secret) VALUES (4711, 'not for others')",
                "UPDATE orders SET secret = 'not for others either' WHERE id = 4711",
                "DELETE FROM orders WHERE id = 4711");
        String stream = shop.value("""
                SELECT string_agg(encode(data, 'escape'), '') FROM pg_logical_slot_get_binary_changes('%1$s', NULL, NULL,
                  'proto_version', '1', 'publication_names', '%1$s')""".formatted(name));
        shop.execute("SELECT pg_drop_replication_slot('" + name + "')");
        assertThat(stream).contains("4711").doesNotContain("not for others", "secret");
    }

    @Test
    void tablesOfAnOwnerRoleAreChangedUnderThatRole() {
        shop.migratorOf("orders");
        engine.close();
        engine = Engine.started(shop);
        Plan plan = plan().expand("010-table", Plans.ddl("CREATE TABLE public.one (id int)"))
                .expand("020-column", Plans.ddl("ALTER TABLE public.orders ADD COLUMN total int"), "orders")
                .expand("030-function", Plans.ddl(
                        "CREATE FUNCTION lockkeeper_sync.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"))
                .step("040-index", Phase.MIGRATE, null, INDEX, Plans.shareUpdate("orders"), Optional.empty())
                .migrate("050-backfill", new Action.Backfill(Plans.table("orders"),
                        List.of(new Action.Backfill.Assignment("total", "id * 2")), "total IS DISTINCT FROM id * 2"))
                .build();

        engine.claim(plan);
        engine.await(plan, RunState.COMPLETED, RunState.HALTED);

        assertThat(engine.run(plan).reason()).isEmpty();
        assertThat(shop.value("SELECT count(*) FROM orders WHERE total = id * 2")).isEqualTo("100");
        assertThat(shop.value("SELECT count(DISTINCT relowner) FROM pg_class WHERE relname IN ('one', 'orders')"))
                .isEqualTo("1");
    }

    private static Plans plan() {
        return Plans.of(Shop.TARGET, "r1");
    }
}
