package io.lockkeeper.embedded;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import io.lockkeeper.embedded.OsProcess.Signal;

/**
 * One PostgreSQL server on 127.0.0.1, run by this JVM and gone with it, also when it is killed, unless
 * {@linkplain Builder#detached() detached}.
 *
 * <p>
 * The server can be stopped, killed and started again on the same data and port any number of times; {@link #close()}
 * ends it and removes its directory if it is temporary. Every failure is an {@link EmbeddedServerException}.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    public static final String HOST = "127.0.0.1";
    public static final String SUPERUSER = "postgres";

    private static final Logger LOG = System.getLogger(EmbeddedPostgres.class.getName());
    private static final int PORT_ATTEMPTS = 5;

    private final Builder options;
    private final PostgresBinaries binaries;
    private final PostgresSettings settings;
    private final ShutdownHook shutdownHook = new ShutdownHook(this::close);
    private Optional<ServerDirectory> directory = Optional.empty();
    private Optional<PostgresCluster> cluster = Optional.empty();
    private Optional<Postmaster> postmaster = Optional.empty();
    private Optional<OrphanGuard> guard = Optional.empty();
    private int port;

    private EmbeddedPostgres(Builder options) {
        this.options = options;
        this.port = options.port;
        this.binaries = options.postgresBin.map(PostgresBinaries::installed).orElseGet(PostgresBinaries::bundled);
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
    public static final class Builder {

        private Optional<Path> dataDirectory = Optional.empty();
        private int port;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private Optional<Path> postgresBin = Optional.empty();
        private RootDrop rootDrop = RootDrop.AUTOMATIC;
        private Optional<String> account = Optional.empty();
        private boolean fastUnsafe;
        private boolean trustLoopback;
        private boolean detached;
        private Duration startTimeout = Duration.ofSeconds(60);

        private Builder() {}

        /** A directory that is kept and may hold the data of an earlier server. Default: a temporary one. */
        public Builder dataDirectory(Path directory) {
            dataDirectory = Optional.of(directory);
            return this;
        }

        /** Default: a free port, the same one over all restarts of this object. */
        public Builder port(int fixed) {
            port = fixed;
            return this;
        }

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

        /** The server outlives this JVM; {@link EmbeddedPostgres#stopRunning(Path)} ends it. Needs a data directory. */
        public Builder detached() {
            detached = true;
            return this;
        }

        /** How long a start may take, crash recovery included. Default: 60 s. */
        public Builder startTimeout(Duration timeout) {
            startTimeout = Objects.requireNonNull(timeout);
            return this;
        }

        /** The server, not started. */
        public EmbeddedPostgres build() {
            if (detached && dataDirectory.isEmpty()) {
                throw new EmbeddedServerException("Cannot detach a PostgreSQL server", "its directory is temporary",
                        "Name a data directory");
            }
            return new EmbeddedPostgres(this);
        }

        public EmbeddedPostgres start() {
            return build().start();
        }
    }

    /**
     * Starts the server and waits until it takes connections. An orphan that still serves the data directory is ended
     * first; a server that somebody else owns is not.
     */
    public synchronized EmbeddedPostgres start() {
        if (running()) {
            throw new EmbeddedServerException("Cannot start PostgreSQL on port " + port, "it runs already",
                    "Stop it first, or call restart()");
        }
        var began = System.nanoTime();
        try {
            launch();
        } catch (EmbeddedServerException e) {
            if (postmaster.isEmpty()) {
                close();
            }
            throw e;
        }
        LOG.log(Level.INFO, "PostgreSQL started pid={0} port={1} directory={2} {3} ms={4}", Long.toString(pid()),
                Integer.toString(port), root(), cluster.orElseThrow().description(),
                Long.toString((System.nanoTime() - began) / 1_000_000));
        return this;
    }

    private void launch() {
        var home = directory.orElseGet(this::openDirectory);
        clear(home);
        if (cluster.isEmpty()) {
            cluster = Optional
                    .of(PostgresCluster.open(home, binaries, options.rootDrop, options.account, settings.fsync()));
        }
        postmaster = Optional.of(launchOnSomePort(cluster.get()));
        if (options.detached) {
            DetachedMark.put(home.root());
            leaveAlone();
        }
    }

    /** Guard and hook are there before the server is: a JVM that ends while it starts leaves nothing behind. */
    private ServerDirectory openDirectory() {
        var home = ServerDirectory.open(options.dataDirectory, "lockkeeper-postgres-");
        directory = Optional.of(home);
        var data = PostgresCluster.data(home.root());
        guard = Optional.of(OrphanGuard.watch(Postmaster.pidFile(data), data.toString(), Signal.INT,
                home.temporary()));
        shutdownHook.arm();
        return home;
    }

    private void leaveAlone() {
        shutdownHook.disarm();
        guard.ifPresent(OrphanGuard::close);
        guard = Optional.empty();
        directory.ifPresent(ServerDirectory::close);
        directory = Optional.empty();
    }

    private static void clear(ServerDirectory home) {
        var data = PostgresCluster.data(home.root());
        var found = Postmaster.running(data);
        if (found.isPresent() && DetachedMark.present(home.root())) {
            throw new EmbeddedServerException("Cannot start PostgreSQL on " + home.root(),
                    "a detached server runs there already as process " + found.get().pid(),
                    "Use that server, or stop it first");
        }
        found.ifPresent(orphan -> {
            LOG.log(Level.WARNING, "Orphaned PostgreSQL stopped pid={0} directory={1}", Long.toString(orphan.pid()),
                    home.root());
            orphan.stop(Duration.ofSeconds(10));
        });
        Postmaster.clearRemains(data);
        DetachedMark.remove(home.root());
    }

    private Postmaster launchOnSomePort(PostgresCluster files) {
        for (int attempt = 1;; attempt++) {
            if (port == 0) {
                port = FreePort.find();
            }
            var log = LogTail.from(files.log());
            files.configure(settings, port, options.trustLoopback);
            var started = launchOnce(files, log);
            if (started.isPresent()) {
                return started.get();
            }
            var taken = log.contains("could not bind") || log.contains("could not create any TCP/IP sockets");
            if (!taken || options.port != 0 || attempt == PORT_ATTEMPTS) {
                throw new EmbeddedServerException("PostgreSQL on port " + port + " in " + root() + " did not start",
                        log.quote(), taken
                                ? "Free port " + port + " or choose another"
                                : "Correct what the server complains about and start again");
            }
            port = 0;
        }
    }

    /** Empty when the server ended by itself; its log says why. */
    private Optional<Postmaster> launchOnce(PostgresCluster files, LogTail log) {
        Process launcher;
        try {
            launcher = Command.builder(OwnSession.command(files.serverCommand()), Path.of("/"))
                    .redirectInput(OwnSession.NO_INPUT)
                    .redirectOutput(Redirect.appendTo(ServerDirectory.log(files.log()).toFile())).start();
        } catch (IOException e) {
            throw new EmbeddedServerException("Cannot run " + files.serverCommand().get(0), e.toString(),
                    "Check that it is installed and executable", e);
        }
        var deadline = Deadline.in(options.startTimeout);
        deadline.await(() -> !launcher.isAlive() || ready(files).isPresent());
        var started = ready(files);
        if (started.isEmpty() && launcher.isAlive()) {
            Postmaster.running(files.data()).ifPresent(Postmaster::kill);
            launcher.destroyForcibly();
            throw new EmbeddedServerException("PostgreSQL in " + root() + " was not ready after "
                    + options.startTimeout.toSeconds() + " s", log.quote(),
                    "Allow more time to start, for crash recovery or on a slow disk");
        }
        return started;
    }

    private static Optional<Postmaster> ready(PostgresCluster files) {
        return Postmaster.running(files.data()).filter(Postmaster::ready);
    }

    /** Fast shutdown: sessions are ended, nothing committed is lost. Data and port stay for the next start. */
    public synchronized void stop() {
        if (!running()) {
            return;
        }
        postmaster.orElseThrow().stop(Duration.ofSeconds(30));
        ended("stopped");
    }

    /** SIGKILL for the server and all its processes; the next start recovers from the write-ahead log. */
    public synchronized void kill() {
        if (!running()) {
            return;
        }
        postmaster.orElseThrow().kill();
        ended("killed");
    }

    private void ended(String how) {
        LOG.log(Level.INFO, "PostgreSQL {0} pid={1} port={2}", how, Long.toString(pid()), Integer.toString(port));
        if (options.detached) {
            DetachedMark.remove(root());
        }
    }

    public synchronized EmbeddedPostgres restart() {
        stop();
        return start();
    }

    public synchronized boolean running() {
        return postmaster.map(server -> server.process().alive()).orElse(false);
    }

    /** Stops the server, or leaves a detached one running; removes a temporary directory. Can be called twice. */
    @Override
    public synchronized void close() {
        if (!options.detached) {
            stop();
            postmaster = Optional.empty();
        }
        leaveAlone();
    }

    /**
     * Stops the server, detached or orphaned, that runs on a directory which no live JVM owns.
     *
     * @return whether one ran
     */
    public static boolean stopRunning(Path dataDirectory) {
        if (!Files.isDirectory(dataDirectory)) {
            return false;
        }
        try (var home = ServerDirectory.open(Optional.of(dataDirectory), "")) {
            var found = Postmaster.running(PostgresCluster.data(home.root()));
            found.ifPresent(server -> server.stop(Duration.ofSeconds(30)));
            DetachedMark.remove(home.root());
            return found.isPresent();
        }
    }

    /** The postmaster's process id, of the running server or the last one. */
    public synchronized long pid() {
        return postmaster.map(Postmaster::pid).orElseThrow(EmbeddedPostgres::neverStarted);
    }

    public String host() {
        return HOST;
    }

    public synchronized int port() {
        if (port == 0) {
            throw neverStarted();
        }
        return port;
    }

    /** The superuser's random password, also where trust does not ask for it. */
    public synchronized String superuserPassword() {
        return cluster.map(PostgresCluster::superuserPassword).orElseThrow(EmbeddedPostgres::neverStarted);
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

    /** Data, configuration, log and password file of this server. */
    public synchronized Path directory() {
        return cluster.map(files -> files.data().getParent()).orElseThrow(EmbeddedPostgres::neverStarted);
    }

    /** The server's own log. */
    public synchronized Path log() {
        return cluster.map(PostgresCluster::log).orElseThrow(EmbeddedPostgres::neverStarted);
    }

    /** As whom the server runs, in words. */
    public synchronized String identity() {
        return cluster.map(files -> files.identity().description()).orElseThrow(EmbeddedPostgres::neverStarted);
    }

    private Path root() {
        return cluster.map(files -> files.data().getParent()).or(() -> directory.map(ServerDirectory::root))
                .orElse(Path.of("?"));
    }

    private static EmbeddedServerException neverStarted() {
        return new EmbeddedServerException("The PostgreSQL server has no address yet", "it was never started",
                "Call start() first");
    }
}
