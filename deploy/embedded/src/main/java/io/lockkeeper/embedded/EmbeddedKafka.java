package io.lockkeeper.embedded;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;

import io.lockkeeper.embedded.OsProcess.Signal;

/**
 * One Kafka broker in KRaft mode on 127.0.0.1, in a JVM of its own, gone with this JVM, also when it is killed, unless
 * {@linkplain Builder#detached() detached}. It can be stopped, killed, paused and started again on the same data and
 * port. Topics are not made by themselves: see {@link #createTopics(List)}. Every failure is an
 * {@link EmbeddedServerException}.
 */
public final class EmbeddedKafka implements AutoCloseable {

    public static final String HOST = "127.0.0.1";

    private static final Logger LOG = System.getLogger(EmbeddedKafka.class.getName());
    private static final int PORT_ATTEMPTS = 5;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);

    private final Builder options;
    private final ShutdownHook shutdownHook = new ShutdownHook(this::close);
    private Optional<ServerDirectory> directory = Optional.empty();
    private Optional<Path> root = Optional.empty();
    private Optional<OsProcess> broker = Optional.empty();
    private Optional<OrphanGuard> guard = Optional.empty();
    private boolean paused;
    private int port;

    private EmbeddedKafka(Builder options) {
        this.options = options;
        this.port = options.port;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Where the broker keeps its data and what differs from a plain single node. */
    public static final class Builder {

        private Optional<Path> dataDirectory = Optional.empty();
        private int port;
        private final Map<String, String> properties = new LinkedHashMap<>();
        private int heapMegabytes = 256;
        private boolean detached;
        private Duration startTimeout = Duration.ofSeconds(60);

        private Builder() {}

        /** A directory that is kept and may hold the data of an earlier broker. Default: a temporary one. */
        public Builder dataDirectory(Path kept) {
            dataDirectory = Optional.of(kept);
            return this;
        }

        /** Default: a free port, the same one over all restarts of this object. */
        public Builder port(int fixed) {
            port = fixed;
            return this;
        }

        /** A broker property, over those of a plain single node; the listeners stay on loopback. */
        public Builder property(String name, String value) {
            properties.put(Objects.requireNonNull(name), Objects.requireNonNull(value));
            return this;
        }

        /** The broker's heap. Default: 256 MB. */
        public Builder heapMegabytes(int megabytes) {
            heapMegabytes = megabytes;
            return this;
        }

        /** The broker outlives this JVM; {@link EmbeddedKafka#stopRunning(Path)} ends it. Needs a data directory. */
        public Builder detached() {
            detached = true;
            return this;
        }

        /** How long a start may take. Default: 60 s. */
        public Builder startTimeout(Duration timeout) {
            startTimeout = Objects.requireNonNull(timeout);
            return this;
        }

        /** The broker, not started. */
        public EmbeddedKafka build() {
            if (detached && dataDirectory.isEmpty()) {
                throw new EmbeddedServerException("Cannot detach a Kafka broker", "its directory is temporary",
                        "Name a data directory");
            }
            return new EmbeddedKafka(this);
        }

        public EmbeddedKafka start() {
            return build().start();
        }
    }

    /**
     * Starts the broker and waits until it takes connections. An orphan that still serves the data directory is ended
     * first; a broker that somebody else owns is not.
     */
    public synchronized EmbeddedKafka start() {
        if (running()) {
            throw new EmbeddedServerException("Cannot start the Kafka broker on port " + port, "it runs already",
                    "Stop it first, or call restart()");
        }
        var began = System.nanoTime();
        try {
            launch();
        } catch (EmbeddedServerException e) {
            if (broker.isEmpty()) {
                close();
            }
            throw e;
        }
        LOG.log(Level.INFO, "Kafka broker started pid={0} port={1} directory={2} ms={3}", Long.toString(pid()),
                Integer.toString(port), home(), Long.toString((System.nanoTime() - began) / 1_000_000));
        return this;
    }

    private void launch() {
        var held = directory.orElseGet(this::openDirectory);
        clear(held.root());
        broker = Optional.of(launchOnSomePort(held.root()));
        paused = false;
        if (options.detached) {
            DetachedMark.put(held.root());
            leaveAlone();
        }
    }

    /** Guard and hook are there before the broker is: a JVM that ends while it starts leaves nothing behind. */
    private ServerDirectory openDirectory() {
        var held = ServerDirectory.open(options.dataDirectory, "lockkeeper-kafka-");
        directory = Optional.of(held);
        root = Optional.of(held.root());
        guard = Optional.of(OrphanGuard.watch(pidFile(held.root()), properties(held.root()).toString(), Signal.TERM,
                held.temporary()));
        shutdownHook.arm();
        return held;
    }

    private void leaveAlone() {
        shutdownHook.disarm();
        guard.ifPresent(OrphanGuard::close);
        guard = Optional.empty();
        directory.ifPresent(ServerDirectory::close);
        directory = Optional.empty();
    }

    private static void clear(Path root) {
        var found = running(root);
        if (found.isPresent() && DetachedMark.present(root)) {
            throw new EmbeddedServerException("Cannot start a Kafka broker on " + root,
                    "a detached broker runs there already as process " + found.get().pid(),
                    "Use that broker, or stop it first");
        }
        found.ifPresent(orphan -> {
            LOG.log(Level.WARNING, "Orphaned Kafka broker stopped pid={0} directory={1}", Long.toString(orphan.pid()),
                    root);
            terminate(orphan, Duration.ofSeconds(10));
        });
        DetachedMark.remove(root);
    }

    private OsProcess launchOnSomePort(Path home) {
        for (int attempt = 1;; attempt++) {
            if (port == 0) {
                port = FreePort.find();
            }
            var log = LogTail.from(log(home));
            var started = launchOnce(home, log);
            if (started.isPresent()) {
                return started.get();
            }
            var taken = log.contains("Address already in use");
            if (!taken || options.port != 0 || attempt == PORT_ATTEMPTS) {
                throw new EmbeddedServerException("The Kafka broker on port " + port + " in " + home
                        + " did not start", log.quote(),
                        taken
                                ? "Free port " + port + " or choose another"
                                : "Correct what the broker complains about and start again");
            }
            port = 0;
        }
    }

    /** Empty when the broker ended by itself; its log says why. */
    private Optional<OsProcess> launchOnce(Path home, LogTail log) {
        var ready = home.resolve("broker.ready");
        Process launched;
        try {
            Files.deleteIfExists(ready);
            Files.createDirectories(home.resolve("data"));
            var content = BrokerProperties.of(home.resolve("data"), port, FreePort.find(), options.properties);
            try (var writer = Files.newBufferedWriter(properties(home), StandardCharsets.UTF_8)) {
                content.store(writer, null);
            }
            launched = broker(home, ready).redirectInput(OwnSession.NO_INPUT)
                    .redirectOutput(Redirect.appendTo(ServerDirectory.log(log(home)).toFile())).start();
            Files.writeString(pidFile(home), launched.pid() + "\n");
        } catch (IOException e) {
            throw new EmbeddedServerException("Cannot launch a Kafka broker in " + home, e.toString(),
                    "Check that this user may write there and that " + java() + " runs", e);
        }
        Deadline.in(options.startTimeout).await(() -> !launched.isAlive() || Files.exists(ready));
        if (launched.isAlive() && !Files.exists(ready)) {
            launched.destroyForcibly();
            throw new EmbeddedServerException("The Kafka broker in " + home + " was not ready after "
                    + options.startTimeout.toSeconds() + " s", log.quote(), "Allow more time to start");
        }
        return launched.isAlive() ? Optional.of(new OsProcess(launched.pid())) : Optional.empty();
    }

    private ProcessBuilder broker(Path home, Path ready) {
        var builder = new ProcessBuilder(OwnSession.command(brokerCommand(home, ready))).directory(home.toFile())
                .redirectErrorStream(true);
        // Options and agents meant for this JVM; the rest stays, because the locale decides how paths are encoded.
        List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH").forEach(builder.environment()::remove);
        return builder;
    }

    private List<String> brokerCommand(Path home, Path ready) {
        return List.of(java(), "-Xms64m", "-Xmx" + options.heapMegabytes + "m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true",
                "-Dslf4j.provider=" + BrokerLogging.class.getName(), "-Dslf4j.internal.verbosity=WARN",
                "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory", "-cp",
                ChildClassPath.current(), KafkaBroker.class.getName(), properties(home).toString(),
                ready.toString());
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static Path properties(Path root) {
        return root.resolve("broker.properties");
    }

    private static Path pidFile(Path root) {
        return root.resolve("broker.pid");
    }

    private static Path log(Path root) {
        return root.resolve("broker.log");
    }

    /** The live broker of this directory. A process that merely got its old process id is not it. */
    private static Optional<OsProcess> running(Path root) {
        try {
            var pid = Files.readString(pidFile(root)).strip();
            if (!pid.matches("[0-9]{1,18}")) {
                return Optional.empty();
            }
            return Optional.of(new OsProcess(Long.parseLong(pid))).filter(OsProcess::alive)
                    .filter(process -> process.mentions(properties(root).toString()));
        } catch (IOException noPidFile) {
            return Optional.empty();
        }
    }

    /** Orderly shutdown; data and port stay for the next start. A paused broker is resumed for it. */
    public synchronized void stop() {
        if (!running()) {
            return;
        }
        terminate(broker.orElseThrow(), STOP_TIMEOUT);
        ended("stopped");
    }

    private static void terminate(OsProcess process, Duration patience) {
        process.signal(Signal.TERM);
        process.signal(Signal.CONT);
        if (!process.awaitExit(patience)) {
            end(process);
        }
    }

    /** SIGKILL, as a machine that fails: the next start recovers what the operating system still holds. */
    public synchronized void kill() {
        if (!running()) {
            return;
        }
        end(broker.orElseThrow());
        ended("killed");
    }

    private static void end(OsProcess process) {
        process.signal(Signal.KILL);
        if (!process.awaitExit(STOP_TIMEOUT)) {
            throw new EmbeddedServerException("Cannot end Kafka broker process " + process.pid(),
                    "it is still there 30 s after SIGKILL", "Look for a hanging disk or file system");
        }
    }

    private void ended(String how) {
        LOG.log(Level.INFO, "Kafka broker {0} pid={1} port={2}", how, Long.toString(pid()), Integer.toString(port));
        paused = false;
        if (options.detached) {
            DetachedMark.remove(home());
        }
    }

    /** SIGSTOP: connections stay open and nothing answers, as with a long pause of its garbage collection. */
    public synchronized void pause() {
        var process = requireRunning("pause");
        process.signal(Signal.STOP);
        paused = true;
        if (!Deadline.in(Duration.ofSeconds(10)).await(process::stopped)) {
            throw new EmbeddedServerException("Cannot pause Kafka broker process " + process.pid(),
                    "it still runs 10 s after SIGSTOP", "Look for a hanging disk or file system");
        }
    }

    /** Ends a {@link #pause()}. */
    public synchronized void resume() {
        requireRunning("resume").signal(Signal.CONT);
        paused = false;
    }

    private OsProcess requireRunning(String wish) {
        if (!running()) {
            throw new EmbeddedServerException("Cannot " + wish + " the Kafka broker on port " + port,
                    "it does not run", "Start it first");
        }
        return broker.orElseThrow();
    }

    public synchronized EmbeddedKafka restart() {
        stop();
        return start();
    }

    public synchronized boolean running() {
        return broker.map(OsProcess::alive).orElse(false);
    }

    public synchronized boolean paused() {
        return paused;
    }

    /** Stops the broker, or leaves a detached one running; removes a temporary directory. Can be called twice. */
    @Override
    public synchronized void close() {
        if (!options.detached) {
            stop();
            broker = Optional.empty();
        }
        leaveAlone();
    }

    /**
     * Stops the broker, detached or orphaned, that runs on a directory which no live JVM owns.
     *
     * @return whether one ran
     */
    public static boolean stopRunning(Path dataDirectory) {
        if (!Files.isDirectory(dataDirectory)) {
            return false;
        }
        try (var held = ServerDirectory.open(Optional.of(dataDirectory), "")) {
            var found = running(held.root());
            found.ifPresent(process -> terminate(process, STOP_TIMEOUT));
            DetachedMark.remove(held.root());
            return found.isPresent();
        }
    }

    /** Makes the topics with one partition each; those that exist stay as they are. */
    public void createTopics(List<String> names) {
        createTopics(names.stream().map(name -> new NewTopic(name, 1, (short) 1)).toList());
    }

    /** Makes topics with partitions and configuration of their own; those that exist stay as they are. */
    public void createTopics(Collection<NewTopic> topics) {
        var wanted = topics.stream().map(NewTopic::name).toList();
        try (var admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap()))) {
            for (var creation : admin.createTopics(topics).values().values()) {
                awaitCreation(creation);
            }
        } catch (ExecutionException e) {
            throw new EmbeddedServerException("Cannot create the topics " + wanted + " on " + bootstrap(),
                    String.valueOf(e.getCause()), "Check the names and that the broker runs; its log is "
                            + log(home()),
                    e.getCause());
        } catch (TimeoutException e) {
            throw new EmbeddedServerException("Cannot create the topics " + wanted + " on " + bootstrap(),
                    "no answer within " + ADMIN_TIMEOUT.toSeconds() + " s",
                    "Check that the broker runs and is not paused; its log is " + log(home()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedServerException("Cannot create the topics " + wanted + " on " + bootstrap(),
                    "the thread was interrupted", "Try again", e);
        }
    }

    private static void awaitCreation(KafkaFuture<Void> creation)
            throws ExecutionException, TimeoutException, InterruptedException {
        try {
            creation.get(ADMIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** {@code 127.0.0.1:port}, the value of {@code bootstrap.servers}. */
    public String bootstrap() {
        return HOST + ":" + port();
    }

    public synchronized int port() {
        if (port == 0) {
            throw neverStarted();
        }
        return port;
    }

    /** The broker's process id, of the running one or the last one. */
    public synchronized long pid() {
        return broker.map(OsProcess::pid).orElseThrow(EmbeddedKafka::neverStarted);
    }

    /** Data, configuration and log of this broker. */
    public synchronized Path directory() {
        return root.orElseThrow(EmbeddedKafka::neverStarted);
    }

    /** The broker's own log. */
    public Path log() {
        return log(directory());
    }

    private Path home() {
        return root.orElse(Path.of("?"));
    }

    private static EmbeddedServerException neverStarted() {
        return new EmbeddedServerException("The Kafka broker has no address yet", "it was never started",
                "Call start() first");
    }
}
