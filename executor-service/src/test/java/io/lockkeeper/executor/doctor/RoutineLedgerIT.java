package io.lockkeeper.executor.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
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
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
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
            assertThat(record.previousHash()).isPresent().get().isNotEqualTo(record.hash());
        });

        shop.execute("GRANT EXECUTE ON FUNCTION total(integer) TO pg_monitor");
        assertThat(drift()).contains("grants").doesNotContain("definition");
        shop.execute(ONE);
        assertThat(drift()).contains("another definition");
        shop.execute("ALTER FUNCTION total(integer) OWNER TO pg_monitor");
        assertThat(drift()).contains("owner pg_monitor");
        shop.execute("DROP FUNCTION total(integer)");
        assertThat(drift()).isEqualTo("it is gone");
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

    /** Callers meet one body or the other, in prepared statements too; whoever replaces it at the same time is awaited. */
    @Test
    void replacementsUnderCallsAndBesideOthersFailNone() throws Exception {
        shop.execute(ONE);
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicLong calls = new AtomicLong();
        AtomicReference<String> failure = new AtomicReference<>("");
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(new Thread(() -> call(calls, failure, stopped)));
        }
        threads.add(new Thread(() -> replaceAllTheWhile(failure, stopped)));
        threads.forEach(Thread::start);
        for (int i = 1; i <= 20; i++) {
            replace("r" + i, i % 2 == 0 ? ONE : TWO);
        }
        stopped.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure.get()).isEmpty();
        assertThat(calls.get()).isGreaterThan(1000);
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.run WHERE state = 'COMPLETED'")).isEqualTo("20");
        assertThat(shop.value("SELECT count(*) FROM pg_proc WHERE proname = 'total'")).isEqualTo("1");
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
