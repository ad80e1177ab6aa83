package io.lockkeeper.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EmbeddedPostgresIT {

    /** One cluster for all tests: making it takes longer than most of them. Each starts a server of its own on it. */
    private static Path directory;

    @BeforeAll
    static void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("lockkeeper-test-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @AfterAll
    static void removeDirectory() throws IOException {
        Directories.delete(directory);
    }

    @Test
    void startsWithTheSettingsThatTheProductWantsAndKeepsDataOverRestarts() throws Exception {
        try (var server = EmbeddedPostgres.builder().dataDirectory(directory).start()) {
            assertThat(Sql.ask(server, "SHOW wal_level")).isEqualTo("logical");
            assertThat(Sql.ask(server, "SHOW fsync")).isEqualTo("on");
            assertThat(Sql.ask(server, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(Sql.ask(server, "SHOW max_slot_wal_keep_size")).isEqualTo("1GB");
            Sql.run(server, "CREATE EXTENSION pg_stat_statements", "CREATE TABLE kept (n int)",
                    "INSERT INTO kept VALUES (7)", "ALTER SYSTEM SET work_mem = '5MB'");
            assertThat(Sql.ask(server, "SELECT slot_name FROM pg_create_logical_replication_slot('s', 'pgoutput')"))
                    .isEqualTo("s");
            var port = server.port();
            var first = server.pid();
            server.restart();
            // A server with wal_level=replica, as below, refuses to start while a logical slot exists.
            Sql.run(server, "SELECT pg_drop_replication_slot('s')");
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.pid()).isNotEqualTo(first);
            assertThat(Sql.ask(server, "SELECT n FROM kept")).isEqualTo("7");
            assertThat(Sql.ask(server, "SHOW work_mem")).isEqualTo("5MB");
            assertThat(server.uri("postgres", "postgres")).isEqualTo("postgresql://postgres:"
                    + server.superuserPassword() + "@127.0.0.1:" + port + "/postgres");
            assertThat(server.uri("a b", "shop/1")).isEqualTo("postgresql://shop%2F1@127.0.0.1:" + port + "/a%20b");
        }
        assertThat(directory.resolve("superuser.password")).exists();
        assertThat(Postmaster.running(directory.resolve("data"))).isEmpty();

        var settings = Map.of("wal_level", "replica", "application_name", "it's a \\ test");
        try (var again = EmbeddedPostgres.builder().dataDirectory(directory).settings(settings).start()) {
            assertThat(Sql.ask(again, "SELECT n FROM kept")).as("data of the closed server").isEqualTo("7");
        }
    }

    @Test
    void replicaWalLevelIsPossibleAndValuesAreQuoted() throws Exception {
        try (var server = server().setting("wal_level", "replica")
                .setting("log_line_prefix", "it's a \\ %m ").start()) {
            assertThat(Sql.ask(server, "SHOW wal_level")).isEqualTo("replica");
            assertThat(Sql.ask(server, "SHOW fsync")).isEqualTo("off");
            assertThat(Sql.ask(server, "SHOW log_line_prefix")).isEqualTo("it's a \\ %m ");
        }
    }

    @Test
    void killedServerKeepsWhatWasCommitted() throws Exception {
        try (var server = EmbeddedPostgres.builder().dataDirectory(directory).start()) {
            Sql.run(server, "CREATE TABLE paid (n int)");
            var url = server.jdbcUrl("postgres", EmbeddedPostgres.SUPERUSER);
            try (var open = DriverManager.getConnection(url)) {
                open.setAutoCommit(false);
                try (var statement = open.createStatement()) {
                    statement.execute("INSERT INTO paid SELECT generate_series(1, 1000)");
                    open.commit();
                    statement.execute("INSERT INTO paid VALUES (-1)");
                    var processes = new OsProcess(server.pid()).descendants();
                    server.kill();
                    assertThat(processes).isNotEmpty().noneMatch(OsProcess::alive);
                    assertThatThrownBy(() -> statement.execute("SELECT 1")).isInstanceOf(SQLException.class);
                }
            }
            assertThat(server.running()).isFalse();
            server.start();
            assertThat(Sql.ask(server, "SELECT count(*) FILTER (WHERE n > 0) || '/' || count(*) FROM paid"))
                    .isEqualTo("1000/1000");
        }
    }

    @Test
    void pausedServerAnswersWhenItIsResumedAndCanBeStopped() throws Exception {
        try (var server = server().start();
                var open = DriverManager.getConnection(
                        server.jdbcUrl("postgres", EmbeddedPostgres.SUPERUSER) + "&socketTimeout=1")) {
            server.pause();
            assertThat(server.paused()).isTrue();
            assertThatThrownBy(() -> open.createStatement().execute("SELECT 1")).hasRootCauseInstanceOf(
                    SocketTimeoutException.class);
            server.resume();
            assertThat(Sql.ask(server, "SELECT 1")).isEqualTo("1");
            server.pause();
            server.stop();
            assertThat(server.running()).isFalse();
        }
    }

    @Test
    void pauseMindsNoProcessThatHasEnded() throws Exception {
        try (var server = server().start();
                var open = DriverManager.getConnection(server.jdbcUrl("postgres", EmbeddedPostgres.SUPERUSER));
                var rows = open.createStatement().executeQuery("SELECT pg_backend_pid()")) {
            rows.next();
            var backend = new OsProcess(rows.getLong(1));
            server.pause();
            backend.signal(OsProcess.Signal.KILL);
            assertThat(backend.awaitExit(Duration.ofSeconds(10))).isTrue();
            assertThat(backend.exists()).as("nobody collects it").isTrue();
            server.pause();
            assertThat(server.paused()).isTrue();
        }
    }

    @Test
    void passwordIsAskedForUnlessTrusted() throws Exception {
        try (var server = server().start()) {
            var wrong = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=postgres&password=wrong";
            assertThatThrownBy(() -> Sql.ask(wrong, "SELECT 1")).hasMessageContaining("password authentication failed");
        }
        try (var server = server().trustLoopback().start()) {
            var none = "jdbc:postgresql://127.0.0.1:" + server.port() + "/postgres?user=postgres";
            assertThat(Sql.ask(none, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void secondServerOnTheSameDirectoryIsRefused() {
        try (var server = server().start()) {
            assertThatThrownBy(() -> EmbeddedPostgres.builder().dataDirectory(directory).start())
                    .isInstanceOf(EmbeddedServerException.class).hasMessageContaining(directory.toString())
                    .hasMessageContaining("a server of this JVM uses it");
            assertThat(server.running()).isTrue();
            assertThatThrownBy(server::start).hasMessageContaining("it runs already");
        }
    }

    @Test
    void pidFileOfAnotherProcessIsNoObstacle() throws Exception {
        try (var server = server().start()) {
            server.kill();
            var pidFile = directory.resolve("data").resolve("postmaster.pid");
            var lines = Files.readAllLines(pidFile);
            lines.set(0, Long.toString(ProcessHandle.current().pid()));
            Files.write(pidFile, lines);
            server.start();
            assertThat(Sql.ask(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void serverThatDoesNotStartIsQuoted() {
        assertThatThrownBy(() -> server().setting("no_such_setting", "1").start())
                .isInstanceOf(EmbeddedServerException.class).hasMessageContaining("did not start")
                .hasMessageContaining("unrecognized configuration parameter \"no_such_setting\"");
    }

    @Test
    void takenPortIsNamed() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            var port = taken.getLocalPort();
            assertThatThrownBy(() -> server().port(port).start())
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining("Free port " + port + " or choose another");
        }
    }

    @Test
    void installedPostgresIsUsedWhereAsked() throws Exception {
        var bin = BundledPostgres.forThisMachine().unpack().resolve("bin");
        try (var server = server().postgresBin(bin).start()) {
            assertThat(Sql.ask(server, "SELECT version()")).startsWith("PostgreSQL ");
        }
        assertThatThrownBy(() -> server().postgresBin(directory).start())
                .isInstanceOf(EmbeddedServerException.class).hasMessageContaining("there is no executable initdb")
                .hasMessageContaining("pg_config --bindir");
    }

    @Test
    void temporaryDirectoryGoesWithTheServer() {
        var server = EmbeddedPostgres.builder().fastUnsafe().start();
        var temporary = server.directory();
        assertThat(temporary).isDirectory();
        server.close();
        server.close();
        assertThat(temporary).doesNotExist();
    }

    private static EmbeddedPostgres.Builder server() {
        return EmbeddedPostgres.builder().fastUnsafe().dataDirectory(directory);
    }
}
