package io.lockkeeper.cli.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import io.lockkeeper.cli.Installation;
import io.lockkeeper.cli.client.Endpoints;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.embedded.EmbeddedKafka;
import io.lockkeeper.embedded.EmbeddedPostgres;
import io.lockkeeper.messages.Hash;

/**
 * PostgreSQL, Kafka and the three services on this machine, on loopback alone. Either server can be somebody else's.
 * Unless it is detached, everything goes with this JVM, however that ends.
 */
public final class Stack implements AutoCloseable {

    private final Builder options;
    private final HomeDirectory home;
    private final Optional<EmbeddedPostgres> postgres;
    private final Optional<EmbeddedKafka> kafka;
    private final Map<ServiceName, ServiceProcess> services = new EnumMap<>(ServiceName.class);
    private Optional<Thread> hook = Optional.empty();

    private Stack(Builder options) {
        this.options = options;
        this.home = options.home;
        this.postgres = options.embeddedPostgres ? Optional.of(postgres(options)) : Optional.empty();
        this.kafka = options.kafka.isEmpty() ? Optional.of(kafka(options)) : Optional.empty();
    }

    public static Builder builder(Installation installation, HomeDirectory home) {
        return new Builder(installation, home);
    }

    /** What runs where. Without a data directory, both servers are temporary. */
    public static final class Builder {

        private final Installation installation;
        private final HomeDirectory home;
        private boolean embeddedPostgres = true;
        private Optional<Path> postgresBin = Optional.empty();
        private final Map<String, String> postgresSettings = new LinkedHashMap<>();
        private Optional<String> kafka = Optional.empty();
        private Optional<Path> data = Optional.empty();
        private int postgresPort;
        private int kafkaPort;
        private boolean detached;
        private final Map<ServiceName, Integer> ports = new EnumMap<>(ServiceName.class);
        private final Map<ServiceName, Map<String, String>> configuration = new EnumMap<>(ServiceName.class);

        private Builder(Installation installation, HomeDirectory home) {
            this.installation = installation;
            this.home = home;
        }

        /** The targets are somewhere else. */
        public Builder withoutPostgres() {
            embeddedPostgres = false;
            return this;
        }

        /** An installed PostgreSQL instead of the bundled one. */
        public Builder postgresBin(Path directory) {
            postgresBin = Optional.of(directory);
            return this;
        }

        public Builder postgresSetting(String name, String value) {
            postgresSettings.put(name, value);
            return this;
        }

        /** A broker that runs already. */
        public Builder kafka(String bootstrap) {
            kafka = Optional.of(bootstrap);
            return this;
        }

        /** 0, the default, is any free one. */
        public Builder postgresPort(int port) {
            postgresPort = port;
            return this;
        }

        /** 0, the default, is any free one. */
        public Builder kafkaPort(int port) {
            kafkaPort = port;
            return this;
        }

        /** 0, the default, is any free one. */
        public Builder port(ServiceName service, int port) {
            ports.put(service, port);
            return this;
        }

        /** Configuration of one service, for all its starts. */
        public Builder configure(ServiceName service, String key, String value) {
            configuration.computeIfAbsent(service, any -> new HashMap<>()).put(key, value);
            return this;
        }

        /** Everything outlives this JVM; {@link Stack#stopDetached} ends it. The data stay in the directory. */
        public Builder detached(Path dataDirectory) {
            detached = true;
            data = Optional.of(dataDirectory);
            return this;
        }

        public Stack build() {
            return new Stack(this);
        }
    }

    private static EmbeddedPostgres postgres(Builder options) {
        var builder = EmbeddedPostgres.builder().port(options.postgresPort).settings(options.postgresSettings);
        options.postgresBin.ifPresent(builder::postgresBin);
        options.data.ifPresent(directory -> builder.dataDirectory(directory.resolve("postgres")));
        return (options.detached ? builder.detached() : builder).build();
    }

    private static EmbeddedKafka kafka(Builder options) {
        var builder = EmbeddedKafka.builder().port(options.kafkaPort).property("message.max.bytes", "8388608")
                .property("replica.fetch.max.bytes", "8388608");
        options.data.ifPresent(directory -> builder.dataDirectory(directory.resolve("kafka")));
        return (options.detached ? builder.detached() : builder).build();
    }

    /** Both servers, side by side; the services are not started yet, so that the databases can be prepared. */
    public Stack startServers() {
        // Before anything is started: what is not built is the commonest reason to fail.
        for (ServiceName name : ServiceName.values()) {
            options.installation.serviceJar(name.wireName());
        }
        hookIn();
        home.makeToken();
        together(List.of(() -> postgres.ifPresent(EmbeddedPostgres::start), () -> {
            kafka.ifPresent(EmbeddedKafka::start);
            Topics.create(bootstrap());
        }));
        return this;
    }

    /** All services; writes where they answer into the home. */
    public Stack startServices() {
        for (ServiceName name : ServiceName.values()) {
            Map<String, String> configuration = new HashMap<>(options.configuration.getOrDefault(name, Map.of()));
            configuration.put("kafka.bootstrap.servers", bootstrap());
            // Loopback alone, and the page is for whoever sits at this machine.
            configuration.put("lockkeeper.open-reading", "true");
            services.put(name, new ServiceProcess(name, options.installation.serviceJar(name.wireName()), home,
                    options.detached, options.ports.getOrDefault(name, 0), configuration));
        }
        services.values().forEach(service -> service.launch(Map.of()));
        services.values().forEach(ServiceProcess::awaitReady);
        endpoints().write(home);
        return this;
    }

    private static void together(List<Runnable> starts) {
        var running = starts.stream().map(CompletableFuture::runAsync).toList();
        try {
            CompletableFuture.allOf(running.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    public HomeDirectory home() {
        return home;
    }

    public EmbeddedPostgres postgres() {
        return postgres.orElseThrow(() -> new IllegalStateException("this stack has no PostgreSQL of its own"));
    }

    public EmbeddedKafka kafka() {
        return kafka.orElseThrow(() -> new IllegalStateException("this stack has no Kafka broker of its own"));
    }

    public String bootstrap() {
        return options.kafka.orElseGet(() -> kafka().bootstrap());
    }

    public ServiceProcess service(ServiceName name) {
        return services.get(name);
    }

    public Endpoints endpoints() {
        return new Endpoints(service(ServiceName.PLANNER).address(), service(ServiceName.EXECUTOR).address(),
                service(ServiceName.OBSERVER).address(), bootstrap());
    }

    /** Clients with this home's token. */
    public Services clients() {
        return new Services(endpoints(), home.token());
    }

    private void hookIn() {
        if (!options.detached && hook.isEmpty()) {
            Thread closing = new Thread(this::stopAll, "lockkeeper-stack-shutdown");
            Runtime.getRuntime().addShutdownHook(closing);
            hook = Optional.of(closing);
        }
    }

    /** Stops everything, services first; leaves a detached stack running. */
    @Override
    public void close() {
        if (options.detached) {
            kafka.ifPresent(EmbeddedKafka::close);
            postgres.ifPresent(EmbeddedPostgres::close);
            return;
        }
        stopAll();
        hook.ifPresent(closing -> {
            try {
                Runtime.getRuntime().removeShutdownHook(closing);
            } catch (IllegalStateException theJvmEndsAlready) {
                return;
            }
        });
        hook = Optional.empty();
    }

    private synchronized void stopAll() {
        keepLogs();
        together(services.values().stream().<Runnable>map(service -> service::stop).toList());
        together(List.of(() -> kafka.ifPresent(EmbeddedKafka::close),
                () -> postgres.ifPresent(EmbeddedPostgres::close)));
    }

    /** The servers' logs go with their temporary directories; beside those of the services they explain a failure. */
    private void keepLogs() {
        postgres.filter(EmbeddedPostgres::running).ifPresent(server -> keepLog(server.log(), "postgres.log"));
        kafka.filter(EmbeddedKafka::running).ifPresent(broker -> keepLog(broker.log(), "kafka.log"));
    }

    private void keepLog(Path log, String name) {
        try {
            Files.createDirectories(home.logs());
            Files.copy(log, home.logs().resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException noLogIsNoReasonNotToStop) {
            return;
        }
    }

    /** Ends a stack that failed to start, also a detached one. */
    public void abandon() {
        services.values().forEach(ServiceProcess::kill);
        kafka.ifPresent(EmbeddedKafka::stop);
        postgres.ifPresent(EmbeddedPostgres::stop);
        close();
    }

    /** Whether all services of an earlier `up` are there. */
    public static boolean detachedRuns(HomeDirectory home) {
        return Arrays.stream(ServiceName.values())
                .allMatch(name -> ServiceProcess.found(home, name).isPresent());
    }

    /** @return what was stopped, in words; empty where nothing ran */
    public static List<String> stopDetached(HomeDirectory home, Path data) {
        var stopped = new ArrayList<String>();
        for (ServiceName name : ServiceName.values()) {
            if (ServiceProcess.stopFound(home, name)) {
                stopped.add(name.wireName());
            }
        }
        if (EmbeddedKafka.stopRunning(data.resolve("kafka"))) {
            stopped.add("Kafka");
        }
        if (EmbeddedPostgres.stopRunning(data.resolve("postgres"))) {
            stopped.add("PostgreSQL");
        }
        return stopped;
    }

    /**
     * Where a detached stack of this home keeps its servers' data. PostgreSQL refuses root and the user that it runs as
     * instead cannot enter root's home.
     */
    public static Path defaultData(HomeDirectory home) {
        boolean root = "root".equals(System.getProperty("user.name"));
        String key = Hash.sha256(home.path().toString()).substring(0, 8);
        return root ? Path.of("/var/lib/lockkeeper", key) : home.path().resolve("data");
    }
}
