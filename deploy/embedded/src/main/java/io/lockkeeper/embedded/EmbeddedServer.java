package io.lockkeeper.embedded;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One server on 127.0.0.1, in a directory of its own, run by this JVM and gone with it, also when it is killed, unless
 * {@linkplain Builder#detached() detached}.
 *
 * <p>
 * It can be stopped, killed, paused and started again on the same data and port any number of times; {@link #close()}
 * ends it and removes its directory if it is temporary. Every failure is an {@link EmbeddedServerException}.
 */
public abstract sealed class EmbeddedServer<S extends EmbeddedServer<S>> implements AutoCloseable
        permits EmbeddedPostgres, EmbeddedKafka {

    public static final String HOST = "127.0.0.1";

    private static final Logger LOG = System.getLogger(EmbeddedServer.class.getName());
    private static final int PORT_ATTEMPTS = 5;

    private final String name;
    private final Builder<?, S> options;
    private final ShutdownHook shutdownHook = new ShutdownHook(this::close);
    private Optional<ServerDirectory> directory = Optional.empty();
    private Optional<Path> root = Optional.empty();
    private Optional<ServerProcess> server = Optional.empty();
    private Optional<OrphanGuard> guard = Optional.empty();
    private boolean paused;
    private int port;

    EmbeddedServer(String name, Builder<?, S> options) {
        if (options.detached && options.dataDirectory.isEmpty()) {
            throw new EmbeddedServerException("Cannot detach " + name, "its directory is temporary",
                    "Name a data directory");
        }
        this.name = name;
        this.options = options;
        this.port = options.port;
    }

    /** What every server needs to know before it starts. */
    public abstract static sealed class Builder<B extends Builder<B, S>, S extends EmbeddedServer<S>>
            permits EmbeddedPostgres.Builder, EmbeddedKafka.Builder {

        private Optional<Path> dataDirectory = Optional.empty();
        private int port;
        private boolean detached;
        private Duration startTimeout = Duration.ofSeconds(60);

        abstract B self();

        /** The server, not started. */
        public abstract S build();

        public S start() {
            return build().start();
        }

        /** A directory that is kept and may hold the data of an earlier server. Default: a temporary one. */
        public B dataDirectory(Path kept) {
            dataDirectory = Optional.of(kept);
            return self();
        }

        /** Default: a free port, the same one over all restarts of this object. */
        public B port(int fixed) {
            port = fixed;
            return self();
        }

        /** The server outlives this JVM; {@code stopRunning} of its class ends it. Needs a data directory. */
        public B detached() {
            detached = true;
            return self();
        }

        /** How long a start may take, recovery included. Default: 60 s. */
        public B startTimeout(Duration timeout) {
            startTimeout = Objects.requireNonNull(timeout);
            return self();
        }
    }

    abstract S self();

    /** The live server of this directory, whoever started it. */
    abstract Optional<? extends ServerProcess> running(Path home);

    /** Ends the server of this directory when this JVM has gone. */
    abstract OrphanGuard guard(ServerDirectory home);

    /** Makes the directory ready for a server; nothing runs on it. */
    abstract void prepare(ServerDirectory home);

    /** Starts the server and waits until it is ready. Empty when it ended by itself; its log says why. */
    abstract Optional<? extends ServerProcess> launch(Path home, int onPort, Duration timeout);

    /** Whether the log of a server that did not start says that somebody else has its port. */
    abstract boolean portTaken(LogTail log);

    /** The server's own log. */
    public abstract Path log();

    /**
     * Starts the server and waits until it takes connections. An orphan that still serves the data directory is ended
     * first; a server that somebody else owns is not.
     */
    public synchronized S start() {
        if (running()) {
            throw new EmbeddedServerException("Cannot start " + name + " on port " + port, "it runs already",
                    "Stop it first, or call restart()");
        }
        var began = System.nanoTime();
        try {
            launch();
        } catch (EmbeddedServerException e) {
            if (server.isEmpty()) {
                close();
            }
            throw e;
        }
        LOG.log(Level.INFO, "{0} started pid={1} port={2} directory={3} ms={4}", name, Long.toString(pid()),
                Integer.toString(port), directory(), Long.toString((System.nanoTime() - began) / 1_000_000));
        return self();
    }

    private void launch() {
        var home = directory.orElseGet(this::openDirectory);
        clear(home.root());
        prepare(home);
        server = Optional.of(launchOnSomePort(home.root()));
        paused = false;
        if (options.detached) {
            DetachedMark.put(home.root());
            leaveAlone();
        }
    }

    /** Guard and hook are there before the server is: a JVM that ends while it starts leaves nothing behind. */
    private ServerDirectory openDirectory() {
        var home = ServerDirectory.open(options.dataDirectory, "lockkeeper-embedded-");
        directory = Optional.of(home);
        root = Optional.of(home.root());
        guard = Optional.of(guard(home));
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

    private void clear(Path home) {
        var found = running(home);
        if (found.isPresent() && DetachedMark.present(home)) {
            throw new EmbeddedServerException("Cannot start " + name + " on " + home,
                    "a detached server runs there already as process " + found.get().pid(),
                    "Use that server, or stop it first");
        }
        found.ifPresent(orphan -> {
            LOG.log(Level.WARNING, "Orphaned {0} stopped pid={1} directory={2}", name, Long.toString(orphan.pid()),
                    home);
            orphan.stop(Duration.ofSeconds(10));
        });
        DetachedMark.remove(home);
    }

    private ServerProcess launchOnSomePort(Path home) {
        for (int attempt = 1;; attempt++) {
            if (port == 0) {
                port = FreePort.find();
            }
            var log = LogTail.from(log());
            var started = launch(home, port, options.startTimeout);
            if (started.isPresent()) {
                return started.get();
            }
            var taken = portTaken(log);
            if (!taken || options.port != 0 || attempt == PORT_ATTEMPTS) {
                throw new EmbeddedServerException(name + " on port " + port + " in " + home + " did not start",
                        log.quote(), taken
                                ? "Free port " + port + " or choose another"
                                : "Correct what the server complains about and start again");
            }
            port = 0;
        }
    }

    /** Orderly shutdown, of a paused server too; nothing committed is lost. Data and port stay for the next start. */
    public synchronized void stop() {
        end("stopped", process -> process.stop(ServerProcess.PATIENCE));
    }

    /** SIGKILL for the server and all its processes; the next start recovers what the operating system still holds. */
    public synchronized void kill() {
        end("killed", ServerProcess::kill);
    }

    private void end(String how, Consumer<ServerProcess> means) {
        if (!running()) {
            return;
        }
        means.accept(server.orElseThrow());
        LOG.log(Level.INFO, "{0} {1} pid={2} port={3}", name, how, Long.toString(pid()), Integer.toString(port));
        paused = false;
        if (options.detached) {
            DetachedMark.remove(directory());
        }
    }

    /** SIGSTOP: connections stay open and nothing answers, as with a machine that swaps or a hung disk. */
    public synchronized void pause() {
        requireRunning("pause").pause();
        paused = true;
    }

    /** Ends a {@link #pause()}. */
    public synchronized void resume() {
        requireRunning("resume").resume();
        paused = false;
    }

    private ServerProcess requireRunning(String wish) {
        if (!running()) {
            throw new EmbeddedServerException("Cannot " + wish + " " + name + " on port " + port, "it does not run",
                    "Start it first");
        }
        return server.orElseThrow();
    }

    public synchronized S restart() {
        stop();
        return start();
    }

    public synchronized boolean running() {
        return server.map(started -> started.process().alive()).orElse(false);
    }

    public synchronized boolean paused() {
        return paused;
    }

    /** Stops the server, or leaves a detached one running; removes a temporary directory. Can be called twice. */
    @Override
    public synchronized void close() {
        if (!options.detached) {
            stop();
            server = Optional.empty();
        }
        leaveAlone();
    }

    static boolean stopRunning(Path dataDirectory, Function<Path, Optional<? extends ServerProcess>> running) {
        if (!Files.isDirectory(dataDirectory)) {
            return false;
        }
        try (var home = ServerDirectory.open(Optional.of(dataDirectory), "")) {
            var found = running.apply(home.root());
            found.ifPresent(process -> process.stop(ServerProcess.PATIENCE));
            DetachedMark.remove(home.root());
            return found.isPresent();
        }
    }

    public synchronized int port() {
        if (port == 0) {
            throw neverStarted();
        }
        return port;
    }

    /** The main process's id, of the running server or the last one. */
    public synchronized long pid() {
        return server.map(ServerProcess::pid).orElseThrow(this::neverStarted);
    }

    /** Data, configuration and log of this server. */
    public synchronized Path directory() {
        return root.orElseThrow(this::neverStarted);
    }

    EmbeddedServerException neverStarted() {
        return new EmbeddedServerException(name + " has no address yet", "it was never started", "Call start() first");
    }
}
