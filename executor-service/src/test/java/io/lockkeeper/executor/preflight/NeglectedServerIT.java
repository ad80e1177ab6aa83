package io.lockkeeper.executor.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.doctor.Finding;
import io.lockkeeper.executor.doctor.Finding.Status;
import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.target.Session;
import io.lockkeeper.testbed.TestPostgres;

/** What preflight says of a server that nobody looked after: asked of one, as its shared ones are in order. */
class NeglectedServerIT {

    @TempDir
    static Path home;

    private static TestPostgres server;
    private static Shop shop;
    private static Engine engine;
    private static Session session;

    @BeforeAll
    static void open() {
        server = TestPostgres.launch(Map.of("wal_level", "logical", "archive_mode", "on", "archive_command", "false",
                "max_slot_wal_keep_size", "1MB", "max_prepared_transactions", "2"));
        shop = Shop.open(server, home);
        engine = Engine.named(shop, "engine");
        session = engine.session("preflight");
    }

    @AfterAll
    static void close() {
        session.close();
        engine.close();
        shop.close();
        server.close();
    }

    @Test
    void archivingThatFailsIsSaidWithItsSegment() {
        shop.execute("SELECT pg_logical_emit_message(false, 'filling', 'x')", "SELECT pg_switch_wal()");
        Finding found = await().atMost(Duration.ofSeconds(20)).until(surroundings()::archive,
                finding -> finding.status() == Status.WARN);
        assertThat(found.message()).contains("archiving WAL fails, last for 0");
        shop.execute("ALTER SYSTEM SET archive_command = 'true'", "SELECT pg_reload_conf()");
        await().atMost(Duration.ofSeconds(90)).until(surroundings()::archive,
                finding -> finding.equals(Finding.ok("archive", "WAL is archived")));
    }

    @Test
    void slotThatLostItsWalIsNamed() {
        shop.execute("SELECT pg_create_physical_replication_slot('forgotten', true)");
        assertThat(surroundings().slots().status()).isEqualTo(Status.OK);
        for (int segment = 0; segment < 3; segment++) {
            shop.execute("SELECT pg_logical_emit_message(false, 'filling', 'x')", "SELECT pg_switch_wal()");
        }
        shop.execute("CHECKPOINT");
        assertThat(surroundings().slots().status()).isEqualTo(Status.WARN);
        assertThat(surroundings().slots().message()).contains("forgotten (lost, retains nothing)");
    }

    @Test
    void preparedTransactionThatNobodyEndsIsNamed() throws Exception {
        try (Connection connection = shop.connect(); Statement statement = connection.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("CREATE TABLE half (id int)");
            statement.execute("PREPARE TRANSACTION 'forgotten'");
            var condition = new Condition(session, Duration.ofSeconds(1));
            Finding found = await().atMost(Duration.ofSeconds(20)).until(condition::longTransactions,
                    finding -> finding.status() == Status.WARN);
            assertThat(found.message()).contains("prepared transaction forgotten");
            statement.execute("ROLLBACK PREPARED 'forgotten'");
            assertThat(condition.longTransactions().status()).isEqualTo(Status.OK);
        }
    }

    private static Surroundings surroundings() {
        return new Surroundings(session);
    }
}
