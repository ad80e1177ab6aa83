package io.lockkeeper.executor.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RoutineIdentity;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.target.Session;

/** What releases have made of routines, as the ledger keeps it, and what is there. */
class RoutineLedgerIT {

    private static final String ONE = "CREATE OR REPLACE FUNCTION public.total(order_id integer) RETURNS integer"
            + " LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$";
    private static final String TWO = ONE.replace("RETURN 1", "RETURN 2");

    @TempDir
    Path home;

    private Shop shop;
    private Engine engine;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        engine = Engine.started(shop);
    }

    @AfterEach
    void close() {
        engine.close();
        shop.close();
    }

    @Test
    void driftIsToldByDefinitionOwnerAndGrants() {
        shop.execute(ONE);
        replace("r1", TWO);
        assertThat(compare()).singleElement().satisfies(record -> {
            assertThat(record.identity()).isEqualTo("\"public\".\"total\"(integer)");
            assertThat(record.release()).isEqualTo("r1");
            assertThat(record.drift()).isEmpty();
            assertThat(record.previousHash()).isPresent().isNotEqualTo(record.hash());
        });

        shop.execute("COMMENT ON FUNCTION total(integer) IS 'by hand'");
        assertThat(drift()).isEqualTo("another comment");
        shop.execute("GRANT EXECUTE ON FUNCTION total(integer) TO pg_monitor");
        assertThat(drift()).contains("grants").doesNotContain("definition");
        shop.execute(ONE);
        assertThat(drift()).contains("another definition");
        shop.execute("ALTER FUNCTION total(integer) OWNER TO pg_monitor");
        assertThat(drift()).contains("owner pg_monitor");
        shop.execute("DROP FUNCTION total(integer)");
        assertThat(drift()).isEqualTo("it is gone");
    }

    /** The server checks no rights when it checks a body: a routine may write what its owner must not. */
    @Test
    void bodyThatWritesATableOfOthersNeedsNoRightOnIt() {
        engine.close();
        shop.execute("CREATE TABLE of_others (id int)");
        shop.migratorOf();
        engine = Engine.started(shop);
        Plan plan = Plans.of(Shop.TARGET, "r1").step(new Step("010-routine", Phase.EXPAND, "routine", Optional.empty(),
                new Action.ReplaceRoutine(Plans.table("note"), List.of(), "SET LOCAL search_path TO public; CREATE"
                        + " FUNCTION note() RETURNS void LANGUAGE sql AS 'INSERT INTO of_others VALUES (1)'"),
                List.of(new Step.LockClaim(Plans.table("of_others"), LockMode.ROW_EXCLUSIVE)), Optional.empty(),
                Optional.empty(), false, Optional.empty(), Optional.empty())).build();
        engine.claim(plan);
        engine.await(plan, RunState.COMPLETED);
        assertThat(shop.value("SELECT has_table_privilege(proowner, 'of_others', 'INSERT') FROM pg_proc"
                + " WHERE proname = 'note'")).isEqualTo("f");
    }

    @Test
    void whatWasTakenBackIsNoRecord() {
        shop.execute(ONE);
        Plan plan = Plans.of(Shop.TARGET, "r1").expand("010-routine", action(TWO))
                .expand("020-fails", Plans.ddl("SELECT 1 / 0")).build();
        engine.claim(plan);
        engine.await(plan, RunState.HALTED);
        assertThat(compare()).hasSize(1);

        engine.control("abort-1", new Control.Abort(Shop.TARGET, "r1", "ann", Optional.empty()));
        engine.await(plan, RunState.ABORTED);

        assertThat(compare()).isEmpty();
        assertThat(shop.value("SELECT total(1)")).isEqualTo("1");
    }

    /** As a swap and its drop do it: the old one steps aside, the new one takes its name, the old one goes. */
    @Test
    void whatARoutineWasBeforeASwapAndADropIsKept() {
        shop.execute(ONE, "COMMENT ON FUNCTION total(integer) IS 'of an order'",
                "REVOKE ALL ON FUNCTION total(integer) FROM PUBLIC");
        RoutineIdentity total = new RoutineIdentity(Plans.table("total"), List.of("integer"));
        RoutineIdentity away = new RoutineIdentity(Plans.table("total__lk_1"), List.of("integer"));
        String old = shop.value("SELECT pg_get_functiondef('total'::regproc)");
        String acl = shop.value("SELECT proacl FROM pg_proc WHERE proname = 'total'");
        Plan plan = Plans.of(Shop.TARGET, "r1")
                .expand("010-swap", new Action.Ddl(List.of("ALTER FUNCTION public.total(integer) RENAME TO total__lk_1",
                        "CREATE FUNCTION public.total(order_id integer) RETURNS bigint LANGUAGE sql AS 'SELECT 2::bigint'"),
                        List.of(total, away)))
                .expand("020-drop", new Action.Ddl(List.of("DROP FUNCTION public.total__lk_1(integer) RESTRICT"),
                        List.of(away)))
                .build();
        engine.claim(plan);
        engine.await(plan, RunState.COMPLETED);

        assertThat(shop.column("""
                SELECT concat_ws(' ', step, identity, 'before', md5(definition_before), owner_before = current_user,
                  acl_before, comment_before, 'after', definition_after ~ 'bigint', owner = current_user, acl, comment)
                FROM lockkeeper.routine ORDER BY step, identity""")).containsExactly(
                "010-swap \"public\".\"total\"(integer) before " + md5(old) + " t " + acl + " of an order after t t",
                "010-swap \"public\".\"total__lk_1\"(integer) before after f t " + acl + " of an order",
                "020-drop \"public\".\"total__lk_1\"(integer) before " + md5(old.replace("total(", "total__lk_1("))
                        + " t " + acl + " of an order after");
        assertThat(compare()).singleElement().satisfies(record -> assertThat(record.drift()).isEmpty());

        shop.execute(ONE.replace("public.total", "public.total__lk_1"));
        assertThat(compare()).filteredOn(record -> record.drift().isPresent()).singleElement()
                .satisfies(record -> {
                    assertThat(record.identity()).isEqualTo(away.quoted());
                    assertThat(record.hash()).isEmpty();
                    assertThat(record.drift()).contains("it is there again");
                });
    }

    private String md5(String text) {
        return shop.value("SELECT md5($text$" + text + "$text$)");
    }

    @Test
    void aggregateIsKeptToo() {
        shop.execute("CREATE AGGREGATE summed(integer) (sfunc = int4pl, stype = integer, initcond = '0')");
        RoutineIdentity summed = new RoutineIdentity(Plans.table("summed"), List.of("integer"));
        Plan plan = Plans.of(Shop.TARGET, "r1")
                .expand("010-grant",
                        new Action.Ddl(List.of("GRANT EXECUTE ON FUNCTION public.summed(integer) TO pg_monitor"),
                                List.of(summed)))
                .build();
        engine.claim(plan);
        engine.await(plan, RunState.COMPLETED);
        assertThat(shop.value("SELECT definition_after FROM lockkeeper.routine")).contains("int4pl");
        assertThat(shop.value("SELECT acl FROM lockkeeper.routine")).contains("pg_monitor=X");
        shop.execute("CREATE OR REPLACE AGGREGATE summed(integer) (sfunc = int4mul, stype = integer, initcond = '1')");
        assertThat(drift()).isEqualTo("another definition");
    }

    @Test
    void smokeCallThatFailsLeavesTheRoutineAsItWas() {
        shop.execute("CREATE TABLE called (id int)", ONE);
        String smoke = """
                ;
                DO 'BEGIN
                  EXECUTE ''INSERT INTO public.called SELECT 1 / (2 - public.total(1))'';
                  RAISE EXCEPTION USING ERRCODE = ''LK003'';
                EXCEPTION WHEN SQLSTATE ''LK003'' THEN NULL;
                WHEN OTHERS OR ASSERT_FAILURE THEN RAISE EXCEPTION ''the smoke call failed (SQLSTATE %)'', SQLSTATE;
                END'""";
        Plan bad = Plans.of(Shop.TARGET, "r1").expand("010-routine", action(TWO + smoke)).build();
        engine.claim(bad);

        assertThat(engine.await(bad, RunState.HALTED).reason().orElseThrow())
                .contains("the smoke call failed (SQLSTATE 22012)");
        assertThat(shop.value("SELECT total(1)")).isEqualTo("1");
        assertThat(compare()).isEmpty();
        engine.control("abort-1", new Control.Abort(Shop.TARGET, "r1", "ann", Optional.empty()));
        engine.await(bad, RunState.ABORTED);
        replace("r2", TWO.replace("RETURN 2", "RETURN 3") + smoke);
        assertThat(shop.value("SELECT total(1)")).isEqualTo("3");
        assertThat(shop.value("SELECT count(*) FROM called")).isEqualTo("0");
    }

    /** Callers meet one body or the other, in prepared statements too; whoever replaces it at the same time is awaited. */
    @Test
    void replacementsUnderCallsAndBesideOthersFailNone() throws Exception {
        shop.execute(ONE);
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicBoolean alone = new AtomicBoolean();
        AtomicLong calls = new AtomicLong();
        AtomicReference<String> failure = new AtomicReference<>("");
        List<Thread> callers = List.of(new Thread(() -> call(calls, failure, stopped)),
                new Thread(() -> call(calls, failure, stopped)));
        Thread other = new Thread(() -> replaceAllTheWhile(failure, alone));
        callers.forEach(Thread::start);
        other.start();
        long began = System.nanoTime();
        for (int i = 1; i <= 10; i++) {
            replace("r" + i, i % 2 == 0 ? ONE : TWO);
        }
        alone.set(true);
        other.join();
        replaceBesideOneThatIsNotCommitted("r11");
        double seconds = (System.nanoTime() - began) / 1e9;
        stopped.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(failure.get()).isEmpty();
        assertThat(calls.get() / seconds).isGreaterThan(200);
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.run WHERE state = 'COMPLETED'")).isEqualTo("11");
        assertThat(shop.value("SELECT count(*) FROM pg_proc WHERE proname = 'total'")).isEqualTo("1");
    }

    /** The one that waits is told "tuple concurrently updated" when the other commits: it really happened, and is tried again. */
    private void replaceBesideOneThatIsNotCommitted(String release) throws SQLException {
        Plan plan = Plans.of(Shop.TARGET, release).expand("010-routine", action(TWO)).build();
        try (Connection other = shop.connect(); var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(ONE.replace("RETURN 1", "RETURN 4"));
            engine.claim(plan);
            await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).until(() -> shop.value("""
                    SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'lockkeeper/executor/%'
                      AND datname = current_database() AND wait_event = 'transactionid'""").equals("1"));
            other.commit();
        }
        engine.await(plan, RunState.COMPLETED);
        assertThat(shop.column("SELECT outcome || coalesce(' ' || sqlstate, '') FROM lockkeeper.attempt WHERE run = '"
                + Engine.runOf(plan) + "' AND step = '010-routine' ORDER BY number")).contains("DEADLOCK XX000")
                .endsWith("SUCCEEDED");
    }

    private void call(AtomicLong calls, AtomicReference<String> failure, AtomicBoolean stopped) {
        try (Connection connection = shop.connect();
                var statement = connection.prepareStatement("SELECT public.total(?)")) {
            while (!stopped.get()) {
                statement.setInt(1, 1);
                statement.executeQuery().close();
                calls.incrementAndGet();
            }
        } catch (SQLException e) {
            failure.compareAndSet("", e.getSQLState() + " " + e.getMessage());
        }
    }

    /** Somebody's own script, which knows no better: it may lose, and never makes ours lose. */
    private void replaceAllTheWhile(AtomicReference<String> failure, AtomicBoolean stopped) {
        try (Connection connection = shop.connect(); var statement = connection.createStatement()) {
            while (!stopped.get()) {
                try {
                    statement.execute(ONE.replace("RETURN 1", "RETURN 3"));
                } catch (SQLException e) {
                    if (!"XX000".equals(e.getSQLState())) {
                        throw e;
                    }
                }
            }
        } catch (SQLException e) {
            failure.compareAndSet("", e.getSQLState() + " " + e.getMessage());
        }
    }

    private void replace(String release, String sql) {
        Plan plan = Plans.of(Shop.TARGET, release).expand("010-routine", action(sql)).build();
        engine.claim(plan);
        engine.await(plan, RunState.COMPLETED);
    }

    private static Action action(String sql) {
        return new Action.ReplaceRoutine(Plans.table("total"), List.of("integer"), sql);
    }

    private String drift() {
        return compare().get(0).drift().orElseThrow();
    }

    private List<RoutineLedger.Recorded> compare() {
        try (Session session = engine.session("test")) {
            return new RoutineLedger().compare(session);
        }
    }
}
