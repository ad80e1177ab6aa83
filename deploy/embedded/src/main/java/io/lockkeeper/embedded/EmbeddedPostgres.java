package io.lockkeeper.embedded;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.lockkeeper.embedded.OsProcess.Signal;

/** One PostgreSQL server, from the bundled binaries or installed ones. */
public final class EmbeddedPostgres extends EmbeddedServer<EmbeddedPostgres> {

    public static final String SUPERUSER = "postgres";

    private static final Logger LOG = System.getLogger(EmbeddedPostgres.class.getName());

    private final PostgresBinaries binaries;
    private final PostgresSettings settings;
    private final RootDrop rootDrop;
    private final Optional<String> account;
    private final boolean trustLoopback;
    private Optional<PostgresCluster> cluster = Optional.empty();

    private EmbeddedPostgres(Builder options) {
        super(Postmaster.NAME, options);
        this.binaries = options.postgresBin.map(PostgresBinaries::installed).orElseGet(PostgresBinaries::bundled);
        this.rootDrop = options.rootDrop;
        this.account = options.account;
        this.trustLoopback = options.trustLoopback;
        this.settings = new PostgresSettings();
        settings.putAll(PostgresSettings.DEFAULTS);
        if (options.fastUnsafe) {
            settings.putAll(PostgresSettings.FAST_UNSAFE);
        }
        settings.putAll(options.settings);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What every server here gets unless its builder overrides it, for whoever makes one by other means. */
    public static Map<String, String> defaultSettings() {
        return PostgresSettings.DEFAULTS;
    }

    /** What {@link Builder#fastUnsafe()} adds. */
    public static Map<String, String> fastUnsafeSettings() {
        return PostgresSettings.FAST_UNSAFE;
    }

    /** What kind of server, where; every option has a default that serves a production-like target. */
    public static final class Builder extends EmbeddedServer.Builder<Builder, EmbeddedPostgres> {

        private final Map<String, String> settings = new LinkedHashMap<>();
        private Optional<Path> postgresBin = Optional.empty();
        private RootDrop rootDrop = RootDrop.AUTOMATIC;
        private Optional<String> account = Optional.empty();
        private boolean fastUnsafe;
        private boolean trustLoopback;

        private Builder() {}

        /** A setting of postgresql.conf, over Lockkeeper's defaults; {@code wal_level=replica} is possible. */
        public Builder setting(String name, String value) {
            settings.put(Objects.requireNonNull(name), Objects.requireNonNull(value));
            return this;
        }

        public Builder settings(Map<String, String> all) {
            all.forEach(this::setting);
            return this;
        }

        /** The directory with initdb and postgres of an installed PostgreSQL, instead of the bundled one. */
        public Builder postgresBin(Path directory) {
            postgresBin = Optional.of(directory);
            return this;
        }

        /** How to leave root where this JVM runs as root. */
        public Builder rootDrop(RootDrop way) {
            rootDrop = Objects.requireNonNull(way);
            return this;
        }

        /** The account to drop to where this JVM runs as root. Default: lockkeeper, nobody or postgres. */
        public Builder account(String name) {
            account = Optional.of(name);
            return this;
        }

        /** Without fsync: for tests. Data survive a kill of the server, not a crash of the machine. */
        public Builder fastUnsafe() {
            fastUnsafe = true;
            return this;
        }

        /** Everyone on this machine may be anyone, without a password. Default: SCRAM with a random password. */
        public Builder trustLoopback() {
            trustLoopback = true;
            return this;
        }

        @Override
        Builder self() {
            return this;
        }

        @Override
        public EmbeddedPostgres build() {
            return new EmbeddedPostgres(this);
        }
    }

    /**
     * Stops the server, detached or orphaned, that runs on a directory which no live JVM owns.
     *
     * @return whether one ran
     */
    public static boolean stopRunning(Path dataDirectory) {
        return stopRunning(dataDirectory, EmbeddedPostgres::postmaster);
    }

    private static Optional<Postmaster> postmaster(Path home) {
        return Postmaster.running(PostgresCluster.data(home));
    }

    @Override
    EmbeddedPostgres self() {
        return this;
    }

    @Override
    Optional<Postmaster> running(Path home) {
        return postmaster(home);
    }

    @Override
    OrphanGuard guard(ServerDirectory home) {
        var data = PostgresCluster.data(home.root());
        return OrphanGuard.watch(Postmaster.pidFile(data), data.toString(), Signal.INT, home.temporary());
    }

    @Override
    void prepare(ServerDirectory home) {
        Postmaster.clearRemains(PostgresCluster.data(home.root()));
        if (cluster.isEmpty()) {
            var opened = PostgresCluster.open(home, binaries, rootDrop, account, settings.fsync());
            LOG.log(Level.INFO, "PostgreSQL directory={0} binaries={1} identity={2}", home.root(),
                    binaries.directory(), opened.identity().description());
            cluster = Optional.of(opened);
        }
    }

    @Override
    boolean portTaken(LogTail log) {
        return log.contains("could not bind") || log.contains("could not create any TCP/IP sockets");
    }

    @Override
    Optional<Postmaster> launch(Path home, int onPort, Duration timeout) {
        var files = cluster.orElseThrow();
        files.configure(settings, onPort, trustLoopback);
        var log = LogTail.from(files.log());
        Process launcher;
        try {
            launcher = Command.builder(OwnSession.command(files.serverCommand()), Path.of("/"))
                    .redirectInput(OwnSession.NO_INPUT)
                    .redirectOutput(Redirect.appendTo(ServerDirectory.log(files.log()).toFile())).start();
        } catch (IOException e) {
            throw new EmbeddedServerException("Cannot run " + files.serverCommand().get(0), e.toString(),
                    "Check that it is installed and executable", e);
        }
        var deadline = Deadline.in(timeout);
        deadline.await(() -> !launcher.isAlive() || ready(files).isPresent());
        var started = ready(files);
        if (started.isEmpty() && launcher.isAlive()) {
            Postmaster.running(files.data()).ifPresent(Postmaster::kill);
            launcher.destroyForcibly();
            throw new EmbeddedServerException("PostgreSQL in " + home + " was not ready after "
                    + timeout.toSeconds() + " s", log.quote(),
                    "Allow more time to start, for crash recovery or on a slow disk");
        }
        return started;
    }

    private static Optional<Postmaster> ready(PostgresCluster files) {
        return Postmaster.running(files.data()).filter(Postmaster::ready);
    }

    public String host() {
        return HOST;
    }

    /** The superuser's random password, also where trust does not ask for it. */
    public synchronized String superuserPassword() {
        return cluster.map(PostgresCluster::superuserPassword).orElseThrow(this::neverStarted);
    }

    /** {@code jdbc:postgresql://127.0.0.1:port/database?user=…}, with the password if the user is the superuser. */
    public String jdbcUrl(String database, String user) {
        return "jdbc:postgresql://" + HOST + ":" + port() + "/" + encoded(database) + "?user=" + encoded(user)
                + password(user).map(password -> "&password=" + encoded(password)).orElse("");
    }

    /** {@code postgresql://user[:password]@127.0.0.1:port/database}, with the password if the user is the superuser. */
    public String uri(String database, String user) {
        return "postgresql://" + encoded(user) + password(user).map(password -> ":" + encoded(password)).orElse("")
                + "@" + HOST + ":" + port() + "/" + encoded(database);
    }

    private Optional<String> password(String user) {
        return user.equals(SUPERUSER) ? Optional.of(superuserPassword()) : Optional.empty();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public synchronized Path log() {
        return cluster.map(PostgresCluster::log).orElseThrow(this::neverStarted);
    }

    /** As whom the server runs, in words. */
    public synchronized String identity() {
        return cluster.map(files -> files.identity().description()).orElseThrow(this::neverStarted);
    }
}
