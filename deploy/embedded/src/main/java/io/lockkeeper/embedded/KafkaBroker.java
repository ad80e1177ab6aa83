package io.lockkeeper.embedded;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * The main class of the broker's own JVM: formats the storage if it is new, runs broker and controller in one process,
 * and writes a file when the broker takes connections. SIGTERM shuts it down in order.
 *
 * <p>
 * Arguments: the broker's properties file, the file to write when ready.
 */
public final class KafkaBroker {

    private KafkaBroker() {}

    public static void main(String[] arguments) throws Exception {
        var properties = new Properties();
        try (var reader = Files.newBufferedReader(Path.of(arguments[0]), StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        var ready = Path.of(arguments[1]);
        try {
            run(properties, ready);
        } catch (Throwable failure) {
            // Kafka's threads are no daemons: without an exit a broker that failed half-way would stay.
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(Properties properties, Path ready) throws Exception {
        format(properties);
        var server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
        server.startup();
        announce(ready);
        server.awaitShutdown();
    }

    /** Leaves formatted storage as it is, so that every start may call this. */
    private static void format(Properties properties) throws Exception {
        var directory = properties.getProperty("log.dirs");
        if (Files.exists(Path.of(directory, "meta.properties"))) {
            return;
        }
        var report = new ByteArrayOutputStream();
        new Formatter().setPrintStream(new PrintStream(report, true, StandardCharsets.UTF_8))
                .setNodeId(Integer.parseInt(properties.getProperty("node.id")))
                .setClusterId(Uuid.randomUuid().toString()).setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                .setControllerListenerName(properties.getProperty("controller.listener.names"))
                .setMetadataLogDirectory(directory).addDirectory(directory).setIgnoreFormatted(true).run();
        System.out.print(report.toString(StandardCharsets.UTF_8));
    }

    private static void announce(Path ready) throws IOException {
        Files.writeString(ready, Long.toString(ProcessHandle.current().pid()));
    }
}
