package io.lockkeeper.executor.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;

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

/** Checks of the team's own, and files that run as written. */
class WrittenStepsIT {

    private static final String PATH = "SET LOCAL search_path TO public";

    @TempDir
    Path home;

    private Shop shop;
    private Engine engine;

    @BeforeEach
    void open() {
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, status text)", "INSERT INTO orders VALUES (1, NULL)");
        engine = Engine.started(shop);
    }

    @AfterEach
    void close() {
        engine.close();
        shop.close();
    }

    @Test
    void checkThatRaisesHaltsTheRunAndIsAskedAgainWhenItIsResumed() {
        Plan plan = plan(new Action.Check(List.of(PATH,
                "DO $$ BEGIN IF EXISTS (SELECT FROM orders WHERE status IS NULL) THEN"
                        + " RAISE EXCEPTION 'orders without status'; END IF; END $$ -- a comment")));
        engine.claim(plan);
        var failure = engine.await(plan, RunState.HALTED).step("010-written").failure().orElseThrow();
        assertThat(failure.sqlState()).contains("P0001");
        assertThat(failure.message()).contains("orders without status").contains("resume the run");

        engine.control("resume-1", new Control.Resume(Shop.TARGET, "r1", "ann"));
        engine.await(plan, RunState.HALTED);
        shop.execute("UPDATE orders SET status = 'new'");
        engine.control("resume-2", new Control.Resume(Shop.TARGET, "r1", "ann"));
        engine.await(plan, RunState.COMPLETED);
    }

    @Test
    void checkThatWritesIsStoppedByTheServer() {
        Plan plan = plan(new Action.Check(List.of(PATH, "DO $$ BEGIN PERFORM 1; DELETE FROM orders; END $$")));
        engine.claim(plan);
        assertThat(engine.await(plan, RunState.HALTED).step("010-written").failure().orElseThrow().sqlState())
                .contains("25006");
        assertThat(shop.value("SELECT count(*) FROM orders")).isEqualTo("1");
    }

    @Test
    void fileAsWrittenCommitsWholeOrNotAtAllAndItsSettingsEndWithIt() {
        Plan plan = Plans.of(Shop.TARGET, "r1").file("1")
                .expand("010-written", new Action.AsWritten(List.of(PATH, "SET LOCAL check_function_bodies = off",
                        "CREATE TABLE one (id serial PRIMARY KEY)", "INSERT INTO one DEFAULT VALUES",
                        "SELECT pg_catalog.set_config('search_path', 'nowhere', false)",
                        "CREATE FUNCTION public.later() RETURNS int LANGUAGE sql AS 'SELECT id FROM missing'"), true))
                .expand("020-apart", new Action.AsWritten(List.of("SET search_path TO public", "VACUUM orders"), false))
                .expand("030-ours", Plans.ddl("CREATE TABLE public.path AS SELECT current_setting('search_path') AS p,"
                        + " current_setting('statement_timeout') AS t"))
                .expand("040-broken", new Action.AsWritten(List.of(PATH, "CREATE TABLE two (id int)", "SELECT 1 / 0"),
                        true))
                .build();
        engine.claim(plan);
        var run = engine.await(plan, RunState.HALTED);
        assertThat(run.step("040-broken").failure().orElseThrow().sqlState()).contains("22012");
        assertThat(shop.column("SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE n.nspname = 'public' AND relkind = 'r' ORDER BY 1")).containsExactly("one", "orders", "path");
        assertThat(shop.value("SELECT p FROM path")).isEqualTo("pg_catalog");
        assertThat(shop.value("SELECT id FROM one")).isEqualTo("1");
        assertThat(run.gates()).isEmpty();
    }

    @Test
    void aHistoryOfHundredsOfFilesIsOneRunWithoutGates() {
        Plans plans = Plans.of(Shop.TARGET, "r1");
        for (int i = 1; i <= 300; i++) {
            plans.file(Integer.toString(i)).expand(String.format("%04d-file", i), new Action.AsWritten(List.of(PATH,
                    "CREATE TABLE t" + i + " (id int PRIMARY KEY)", "INSERT INTO t" + i + " VALUES (" + i + ")"),
                    true));
        }
        Plan plan = plans.build();
        engine.claim(plan);
        engine.await(plan, RunState.COMPLETED);
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.migration")).isEqualTo("300");
        assertThat(shop.value("SELECT id FROM t300")).isEqualTo("300");
        assertThat(shop.value("SELECT count(*) FROM lockkeeper.attempt WHERE outcome <> 'SUCCEEDED'")).isEqualTo("0");
    }

    private static Plan plan(Action action) {
        return Plans.of(Shop.TARGET, "r1").migrate("010-written", action).build();
    }
}
