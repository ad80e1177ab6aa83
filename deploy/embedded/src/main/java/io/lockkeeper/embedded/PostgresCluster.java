package io.lockkeeper.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The files of one server: {@code data} (PGDATA), {@code postgresql.conf} and {@code pg_hba.conf}, which are written
 * anew at every start, {@code postgresql.log} and {@code superuser.password}. The configuration lies outside of the
 * data directory, so that a root JVM never writes where the unprivileged server can put a link.
 */
final class PostgresCluster {

    private final ServerDirectory directory;
    private final PostgresBinaries binaries;
    private final ServerIdentity identity;

    private PostgresCluster(ServerDirectory directory, PostgresBinaries binaries, ServerIdentity identity) {
        this.directory = directory;
        this.binaries = binaries;
        this.identity = identity;
    }

    static Path data(Path root) {
        return root.resolve("data");
    }

    /** Opens the cluster in this directory; initialises one where there is none. */
    static PostgresCluster open(ServerDirectory directory, PostgresBinaries binaries, RootDrop drop,
            Optional<String> account, boolean fsync) {
        var data = data(directory.root());
        try {
            if (Files.exists(data.resolve("PG_VERSION"))) {
                return new PostgresCluster(directory, binaries, ServerIdentity.choose(drop, account, binaries, data));
            }
            // Under another name until it is complete: a start that was killed half-way is simply repeated.
            var unfinished = directory.resolve("data.initializing");
            Directories.delete(unfinished);
            Files.createDirectory(unfinished, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------")));
            var cluster = new PostgresCluster(directory, binaries,
                    ServerIdentity.choose(drop, account, binaries, unfinished));
            cluster.initialize(unfinished, fsync);
            Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
            return cluster;
        } catch (IOException e) {
            throw new EmbeddedServerException("Cannot prepare the data directory " + data, e.toString(),
                    "Check that this user may write to " + directory.root(), e);
        }
    }

    private void initialize(Path target, boolean fsync) throws IOException {
        var random = new byte[16];
        new SecureRandom().nextBytes(random);
        var password = HexFormat.of().formatHex(random);
        var owned = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Files.deleteIfExists(passwordFile());
        Files.writeString(Files.createFile(passwordFile(), owned), password);
        // initdb reads the password as the server's user, so it gets a copy of its own for the moment.
        var handedOver = directory.resolve("initdb.password");
        Files.deleteIfExists(handedOver);
        Files.writeString(Files.createFile(handedOver, owned), password + "\n");
        try {
            identity.own(handedOver);
            var words = new ArrayList<>(List.of(binaries.initdb().toString(), "-D", target.toString(), "-U",
                    EmbeddedPostgres.SUPERUSER, "--pwfile=" + handedOver, "--auth=scram-sha-256", "--encoding=UTF8",
                    "--locale=C"));
            if (!fsync) {
                words.add("--no-sync");
            }
            var result = new Command(identity.command(words), target).run(Duration.ofMinutes(2));
            if (result.failed()) {
                throw new EmbeddedServerException("initdb cannot make a database cluster in " + target,
                        result.output().strip().replaceAll("\\s*\\n\\s*", " | "),
                        "Check free space and permissions there, and that " + binaries.directory()
                                + " holds a complete PostgreSQL");
            }
        } finally {
            Files.deleteIfExists(handedOver);
        }
    }

    /** The command of the server itself; it runs in its data directory. */
    List<String> serverCommand() {
        return identity.command(List.of(binaries.postgres().toString(), "-D", data().toString(), "-c",
                "config_file=" + directory.resolve("postgresql.conf")));
    }

    void configure(PostgresSettings settings, int port, boolean trustLoopback) {
        var all = new PostgresSettings();
        all.put("listen_addresses", EmbeddedServer.HOST);
        all.put("port", Integer.toString(port));
        all.put("hba_file", directory.resolve("pg_hba.conf").toString());
        var method = trustLoopback ? "trust" : "scram-sha-256";
        try {
            // initdb's own file first (time zone, shared memory), ours over it, ALTER SYSTEM over both.
            write("postgresql.conf", "include = 'data/postgresql.conf'\n" + settings.render() + all.render());
            write("pg_hba.conf", """
                    local all all %1$s
                    host all all 127.0.0.1/32 %1$s
                    local replication all %1$s
                    host replication all 127.0.0.1/32 %1$s
                    """.formatted(method));
        } catch (IOException e) {
            throw new EmbeddedServerException("Cannot write the configuration in " + directory.root(), e.toString(),
                    "Check that this user may write there", e);
        }
    }

    private void write(String name, String content) throws IOException {
        var file = directory.resolve(name);
        Files.writeString(file, content);
        // Read by the server's user whatever the umask; there is no secret in it.
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    String superuserPassword() {
        try {
            return Files.readString(passwordFile()).strip();
        } catch (IOException e) {
            throw new EmbeddedServerException("Cannot read the superuser's password from " + passwordFile(),
                    e.toString(), "Restore that file, or start with trust on loopback and set a new password", e);
        }
    }

    private Path passwordFile() {
        return directory.resolve("superuser.password");
    }

    Path data() {
        return data(directory.root());
    }

    Path log() {
        return directory.resolve("postgresql.log");
    }

    ServerIdentity identity() {
        return identity;
    }
}
