package io.lockkeeper.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.lockkeeper.embedded.OsProcess.Signal;

/** What becomes of a server whose JVM is gone. */
class OrphanIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Made once: a start on data that exist is several times faster. */
    private static Path cluster;
    private static Path storage;

    @BeforeAll
    static void makeDirectories() throws IOException {
        cluster = makeDirectory();
        storage = makeDirectory();
    }

    private static Path makeDirectory() throws IOException {
        var directory = Files.createTempDirectory("lockkeeper-test-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        return directory;
    }

    @AfterAll
    static void removeDirectories() throws IOException {
        Directories.delete(cluster);
        Directories.delete(storage);
    }

    @AfterEach
    void stopWhatAFailedTestLeft() {
        EmbeddedPostgres.stopRunning(cluster);
        EmbeddedKafka.stopRunning(storage);
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "kafka"})
    void serverAndItsTemporaryDirectoryGoWhenTheJvmIsKilled(String kind) throws Exception {
        try (var child = ChildJvm.host(kind, "-", "attached")) {
            assertThat(child.server().alive()).isTrue();
            child.kill();
            await().atMost(PATIENCE).until(() -> !child.server().alive() && !Files.exists(child.directory()));
        }
    }

    @Test
    void pausedBrokerGoesWhenTheJvmIsKilled() throws Exception {
        try (var child = ChildJvm.host("kafka", "-", "attached")) {
            child.server().signal(Signal.STOP);
            child.kill();
            await().atMost(PATIENCE).until(() -> !child.server().alive() && !Files.exists(child.directory()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "kafka"})
    void serverGoesWhenTheJvmEndsInOrder(String kind) throws Exception {
        try (var child = ChildJvm.host(kind, "-", "attached")) {
            child.end();
            assertThat(child.server().alive()).isFalse();
            assertThat(child.directory()).doesNotExist();
        }
    }

    @Test
    void orphanedPostgresIsReplacedByTheNextStart() throws Exception {
        try (var child = ChildJvm.host("postgres", cluster.toString(), "attached")) {
            killWithoutGuard(child);
            assertThat(child.server().alive()).as("the orphan").isTrue();
            try (var server = EmbeddedPostgres.builder().fastUnsafe().dataDirectory(cluster).start()) {
                assertThat(child.server().alive()).isFalse();
                assertThat(server.pid()).isNotEqualTo(child.server().pid());
                assertThat(Sql.ask(server, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void sessionsThatOutliveTheirPostmasterAreEndedByTheNextStart() throws Exception {
        try (var child = ChildJvm.host("postgres", cluster.toString(), "attached")) {
            // Stopped processes do not notice that the postmaster is gone, as a backend in a long computation.
            var backends = child.server().descendants();
            backends.forEach(backend -> backend.signal(Signal.STOP));
            child.server().signal(Signal.KILL);
            child.kill();
            assertThat(backends).isNotEmpty().allMatch(OsProcess::alive);
            try (var server = EmbeddedPostgres.builder().fastUnsafe().dataDirectory(cluster).start()) {
                assertThat(backends).noneMatch(OsProcess::alive);
                assertThat(Sql.ask(server, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void orphanedBrokerIsReplacedByTheNextStart() throws Exception {
        try (var child = ChildJvm.host("kafka", storage.toString(), "attached")) {
            killWithoutGuard(child);
            assertThat(child.server().alive()).as("the orphan").isTrue();
            try (var broker = EmbeddedKafka.builder().dataDirectory(storage).start()) {
                assertThat(child.server().alive()).isFalse();
                broker.createTopics(List.of("alive"));
            }
        }
    }

    @Test
    void serverOfALiveJvmIsNotTouched() throws Exception {
        try (var child = ChildJvm.host("postgres", cluster.toString(), "attached")) {
            assertThatThrownBy(() -> EmbeddedPostgres.builder().dataDirectory(cluster).start())
                    .isInstanceOf(EmbeddedServerException.class)
                    .hasMessageContaining("another running JVM owns its server");
            assertThatThrownBy(() -> EmbeddedPostgres.stopRunning(cluster))
                    .isInstanceOf(EmbeddedServerException.class);
            assertThat(child.server().alive()).isTrue();
            child.end();
        }
    }

    @Test
    void detachedPostgresOutlivesItsJvmUntilItIsStopped() throws Exception {
        try (var child = ChildJvm.host("postgres", cluster.toString(), "detached")) {
            child.end();
            var url = "jdbc:postgresql://127.0.0.1:" + child.port() + "/postgres?user=postgres";
            assertThat(Sql.ask(url, "SELECT 1")).isEqualTo("1");
            assertThatThrownBy(() -> EmbeddedPostgres.builder().dataDirectory(cluster).start())
                    .hasMessageContaining("a detached server runs there already as process " + child.server().pid());
            assertThat(EmbeddedPostgres.stopRunning(cluster)).isTrue();
            assertThat(child.server().alive()).isFalse();
            assertThat(EmbeddedPostgres.stopRunning(cluster)).isFalse();
        }
    }

    @Test
    void detachedBrokerOutlivesItsKilledJvmUntilItIsStopped() throws Exception {
        try (var child = ChildJvm.host("kafka", storage.toString(), "detached")) {
            child.kill();
            assertThat(child.server().alive()).isTrue();
            assertThatThrownBy(() -> EmbeddedKafka.builder().dataDirectory(storage).start())
                    .hasMessageContaining("a detached server runs there already");
            assertThat(EmbeddedKafka.stopRunning(storage)).isTrue();
            assertThat(child.server().alive()).isFalse();
        }
    }

    private static void killWithoutGuard(ChildJvm child) {
        var guards = new OsProcess(child.jvm().pid()).descendants().stream()
                .filter(process -> process.mentions("lockkeeper-orphan-guard")).toList();
        assertThat(guards).hasSize(1);
        guards.forEach(guard -> guard.signal(Signal.KILL));
        child.kill();
    }
}
