package io.lockkeeper.executor.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.claim.ClaimDesk;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.testbed.TestPostgres;

/** A run meets its database again on another timeline. */
class FailoverFaultIT {

    @TempDir
    Path home;

    @Test
    void promotedStandbyIsTheSameDatabaseAndTheRunGoesOnThere() throws Exception {
        try (TestPostgres server = TestPostgres.launch(Map.of("fsync", "on")); Shop shop = Shop.open(server, home)) {
            Plan plan = untilItsGate(shop);
            Path data = dataOf(shop);
            server.kill();
            Files.createFile(data.resolve("standby.signal"));
            server.start();
            assertThat(shop.value("SELECT pg_is_in_recovery()")).isEqualTo("t");
            try (Engine engine = Engine.named(shop, "engine").start()) {
                shop.value("SELECT pg_promote()");
                engine.pass(plan, Gate.CONTRACT);
                engine.pass(plan, Gate.WATCHED);
                engine.await(plan, RunState.COMPLETED);
            }
            assertThat(shop.value("SELECT timeline FROM lockkeeper.target")).isEqualTo("2");
            assertThat(shop.value("SELECT to_regclass('public.two') IS NOT NULL")).isEqualTo("t");
        }
    }

    @Test
    void databaseThatWasRestoredToAPointOfItsPastIsRefusedUntilSomebodySaysItIsMeant() throws Exception {
        try (TestPostgres server = TestPostgres.launch(Map.of("fsync", "on", "restore_command", "false",
                "recovery_target_name", "chosen", "recovery_target_action", "promote"));
                Shop shop = Shop.open(server, home)) {
            Path data = dataOf(shop);
            server.stop();
            shell("cp -a \"$0\" \"$0.backup\"", data);
            server.start();
            Plan plan = untilItsGate(shop);
            shop.execute("SELECT pg_create_restore_point('chosen')", "CREATE TABLE later (id int)");
            server.stop();
            shell("rm -r \"$0.backup/pg_wal\"; mv \"$0/pg_wal\" \"$0.backup/\"; rm -r \"$0\"; mv \"$0.backup\" \"$0\"",
                    data);
            Files.createFile(data.resolve("recovery.signal"));
            server.start();
            await().atMost(Duration.ofSeconds(30)).until(() -> shop.value("SELECT pg_is_in_recovery()").equals("f"));
            assertThat(shop.value("SELECT to_regclass('public.later') IS NULL")).isEqualTo("t");
            try (Engine engine = Engine.named(shop, "engine").start()) {
                Plan next = Plans.of(Shop.TARGET, "r2").expand("010-one", Plans.ddl("SELECT 1")).build();
                assertThat(engine.claim(next)).isInstanceOfSatisfying(ClaimDesk.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("database-changed"));
                engine.pass(plan, Gate.CONTRACT);
                await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(10))
                        .until(() -> engine.run(plan).state() == RunState.AWAITING_CONTRACT);

                shop.execute("UPDATE lockkeeper.target SET timeline = 2");
                engine.wake(Shop.TARGET);
                engine.pass(plan, Gate.WATCHED);
                engine.await(plan, RunState.COMPLETED);
            }
        }
    }

    private static Plan untilItsGate(Shop shop) {
        Plan plan = Plans.of(Shop.TARGET, "r1").expand("010-one", Plans.ddl("CREATE TABLE public.one (id int)"))
                .contract("020-two", Gate.CONTRACT, Plans.ddl("CREATE TABLE public.two (id int)")).build();
        try (Engine engine = Engine.named(shop, "before").start()) {
            engine.claim(plan);
            engine.await(plan, RunState.AWAITING_CONTRACT);
        }
        return plan;
    }

    private static Path dataOf(Shop shop) {
        Path data = Path.of(shop.value("SHOW data_directory"));
        assumeTrue(Files.isDirectory(data), "the server's files are not on this machine");
        return data;
    }

    private static void shell(String script, Path data) throws Exception {
        Process shell = new ProcessBuilder("sh", "-ec", script, data.toString()).inheritIO().start();
        assertThat(shell.waitFor()).as(script).isZero();
    }
}
