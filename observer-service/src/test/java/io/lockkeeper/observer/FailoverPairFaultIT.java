package io.lockkeeper.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.testbed.TestPostgres;

/** A standby that follows by the stream and has synchronised our slot takes the primary's place. */
@Tag("campaign")
@ExtendWith(WatchingParameter.class)
class FailoverPairFaultIT {

    private static final int SYNCHRONISES_SLOTS = 170_000;

    private final Watching watching;

    FailoverPairFaultIT(Watching watching) {
        this.watching = watching;
    }

    @Test
    void slotThatCameAlongProvesNothingUntilEveryRowIsComparedAnew() throws Exception {
        assumeTrue(watching.release.count("SELECT current_setting('server_version_num')") >= SYNCHRONISES_SLOTS,
                "slots are synchronised from version 17 on");
        try (TestPostgres primary = TestPostgres.launch(Map.of("fsync", "on"));
                Watching moved = new Watching(watching.vertx, primary, watching.home.resolve("pair"))) {
            moved.release.claim(true, List.of(),
                    Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.PARITY));
            moved.arm();
            try (TestPostgres standby = standbyOf(primary, moved)) {
                moved.release.open(Gate.CONTRACT, 1);
                moved.awaitDecision(Gate.CONTRACT, Decision.GO);
                await().atMost(Watching.PATIENCE).until(() -> ask(primary, standby,
                        "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + moved.release.publication()
                                + "' AND synced AND NOT temporary")
                        .equals("1"));
                takePlace(primary, standby, moved);
            }
            moved.awaitVerdict(Gate.CONTRACT,
                    Watching.says("change stream", Status.UNKNOWN, "another one than was armed"));
            await().during(Duration.ofSeconds(1)).atMost(Watching.PATIENCE)
                    .until(() -> moved.heard.last(Gate.CONTRACT, 1).orElseThrow().decision() != Decision.GO);
            moved.release.behindTheTrigger("UPDATE orders SET total = 1000000 WHERE id = 4711");
            moved.release.database().execute("UPDATE lockkeeper.gate SET state = 'CLOSED' WHERE state = 'OPEN'");
            moved.release.open(Gate.CONTRACT, 2);

            assertThat(moved.awaitDecision(Gate.CONTRACT, 2, Decision.NO_GO).evidence())
                    .anySatisfy(item -> assertThat(item.measure()).contains("4711"));
            moved.release.behindTheTrigger("UPDATE orders SET total_new = total");
            moved.awaitDecision(Gate.CONTRACT, 2, Decision.GO);
        }
    }

    private static TestPostgres standbyOf(TestPostgres primary, Watching moved) throws Exception {
        moved.release.database().execute("SELECT pg_create_physical_replication_slot('pair', true)");
        TestPostgres standby = TestPostgres.launch(Map.of("fsync", "on", "hot_standby_feedback", "on",
                "sync_replication_slots", "on", "primary_slot_name", "pair", "primary_conninfo",
                "host=%s port=%d user=%s password=%s dbname=%s".formatted(primary.host(), primary.port(),
                        primary.superuser(), primary.superuserPassword(), moved.release.database().name())));
        Path from = dataOf(primary);
        Path to = dataOf(standby);
        standby.stop();
        try (Connection connection = primary.connect("postgres"); Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('pair', true)");
            shell("rm -r \"$1\"/*; cp -a \"$0\"/. \"$1\"; rm -rf \"$1\"/postmaster.pid \"$1\"/pg_replslot/*", from, to);
            try (ResultSet label = statement.executeQuery("SELECT labelfile FROM pg_backup_stop()")) {
                label.next();
                Files.writeString(to.resolve("backup_label"), label.getString(1));
            }
        }
        Files.createFile(to.resolve("standby.signal"));
        shell("chown --reference=\"$0\"/PG_VERSION \"$1\"/backup_label \"$1\"/standby.signal", from, to);
        standby.start();
        assertThat(ask(primary, standby, "SELECT pg_is_in_recovery()")).isEqualTo("t");
        return standby;
    }

    /** With the primary's address, as behind one name. */
    private static void takePlace(TestPostgres primary, TestPostgres standby, Watching moved) throws Exception {
        Path from = Path.of(ask(primary, standby, "SHOW data_directory"));
        Path to = dataOf(primary);
        primary.kill();
        standby.stop();
        shell("rm -r \"$1\"/*; cp -a \"$0\"/. \"$1\"", from, to);
        primary.start();
        moved.release.text("SELECT pg_promote()");
    }

    private static Path dataOf(TestPostgres server) throws Exception {
        Path data = Path.of(ask(server, "SHOW data_directory"));
        assumeTrue(Files.isDirectory(data), "the server's files are not on this machine");
        return data;
    }

    private static String ask(TestPostgres server, String sql) throws Exception {
        return ask(server, server, sql);
    }

    /** @param original whose passwords a copy has */
    private static String ask(TestPostgres original, TestPostgres server, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:postgresql://" + server.host() + ":"
                + server.port() + "/postgres", original.superuser(), original.superuserPassword());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void shell(String script, Path from, Path to) throws Exception {
        Process shell = new ProcessBuilder("sh", "-ec", script, from.toString(), to.toString()).inheritIO().start();
        assertThat(shell.waitFor()).as(script).isZero();
    }
}
