package io.lockkeeper.embedded;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
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
 * One Kafka broker in KRaft mode, in a JVM of its own. Topics are not made by themselves: see
 * {@link #createTopics(List)}.
 */
public final class EmbeddedKafka extends EmbeddedServer<EmbeddedKafka> {

    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);

    private final Map<String, String> properties;
    private final int heapMegabytes;

    private EmbeddedKafka(Builder options) {
        super(BrokerProcess.NAME, options);
        this.properties = Map.copyOf(options.properties);
        this.heapMegabytes = options.heapMegabytes;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What differs from a plain single node. */
    public static final class Builder extends EmbeddedServer.Builder<Builder, EmbeddedKafka> {

        private final Map<String, String> properties = new LinkedHashMap<>();
        private int heapMegabytes = 256;

        private Builder() {}

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

        @Override
        Builder self() {
            return this;
        }

        @Override
        public EmbeddedKafka build() {
            return new EmbeddedKafka(this);
        }
    }

    /**
     * Stops the broker, detached or orphaned, that runs on a directory which no live JVM owns.
     *
     * @return whether one ran
     */
    public static boolean stopRunning(Path dataDirectory) {
        return stopRunning(dataDirectory, BrokerProcess::running);
    }

    @Override
    EmbeddedKafka self() {
        return this;
    }

    @Override
    Optional<BrokerProcess> running(Path home) {
        return BrokerProcess.running(home);
    }

    @Override
    OrphanGuard guard(ServerDirectory home) {
        return OrphanGuard.watch(BrokerProcess.pidFile(home.root()), BrokerProcess.properties(home.root()).toString(),
                Signal.TERM, home.temporary());
    }

    @Override
    void prepare(ServerDirectory home) {
        try {
            Files.createDirectories(home.resolve("data"));
        } catch (IOException e) {
            throw cannotLaunch(home.root(), e);
        }
    }

    @Override
    boolean portTaken(LogTail log) {
        return log.contains("Address already in use");
    }

    @Override
    Optional<BrokerProcess> launch(Path home, int onPort, Duration timeout) {
        var ready = home.resolve("broker.ready");
        var log = LogTail.from(log());
        Process launched;
        try {
            Files.deleteIfExists(ready);
            var content = BrokerProperties.of(home.resolve("data"), onPort, FreePort.find(), properties);
            try (var writer = Files.newBufferedWriter(BrokerProcess.properties(home), StandardCharsets.UTF_8)) {
                content.store(writer, null);
            }
            launched = broker(home, ready).redirectInput(OwnSession.NO_INPUT)
                    .redirectOutput(Redirect.appendTo(ServerDirectory.log(log()).toFile())).start();
            Files.writeString(BrokerProcess.pidFile(home), launched.pid() + "\n");
        } catch (IOException e) {
            throw cannotLaunch(home, e);
        }
        Deadline.in(timeout).await(() -> !launched.isAlive() || Files.exists(ready));
        if (launched.isAlive() && !Files.exists(ready)) {
            launched.destroyForcibly();
            throw new EmbeddedServerException("Kafka in " + home + " was not ready after " + timeout.toSeconds()
                    + " s", log.quote(), "Allow more time to start");
        }
        return launched.isAlive() ? Optional.of(new BrokerProcess(new OsProcess(launched.pid()))) : Optional.empty();
    }

    private static EmbeddedServerException cannotLaunch(Path home, IOException e) {
        return new EmbeddedServerException("Cannot launch Kafka in " + home, e.toString(),
                "Check that this user may write there and that " + java() + " runs", e);
    }

    private ProcessBuilder broker(Path home, Path ready) {
        var builder = new ProcessBuilder(OwnSession.command(brokerCommand(home, ready))).directory(home.toFile())
                .redirectErrorStream(true);
        // Options and agents meant for this JVM; the rest stays, because the locale decides how paths are encoded.
        List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH").forEach(builder.environment()::remove);
        return builder;
    }

    private List<String> brokerCommand(Path home, Path ready) {
        return List.of(java(), "-Xms64m", "-Xmx" + heapMegabytes + "m", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true",
                "-Dslf4j.provider=" + BrokerLogging.class.getName(), "-Dslf4j.internal.verbosity=WARN",
                "-Dlog4j2.loggerContextFactory=org.apache.logging.log4j.simple.SimpleLoggerContextFactory", "-cp",
                ChildClassPath.current(), KafkaBroker.class.getName(), BrokerProcess.properties(home).toString(),
                ready.toString());
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
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
                            + log(),
                    e.getCause());
        } catch (TimeoutException e) {
            throw new EmbeddedServerException("Cannot create the topics " + wanted + " on " + bootstrap(),
                    "no answer within " + ADMIN_TIMEOUT.toSeconds() + " s",
                    "Check that the broker runs and is not paused; its log is " + log(), e);
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

    @Override
    public Path log() {
        return directory().resolve("broker.log");
    }
}
