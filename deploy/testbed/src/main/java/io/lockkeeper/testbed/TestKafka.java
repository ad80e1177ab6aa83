package io.lockkeeper.testbed;

import java.util.List;
import java.util.Optional;

import org.apache.kafka.clients.admin.NewTopic;

/**
 * A Kafka broker for tests. Topics must be created. Use {@link #shared()} with topic and group names of your own; a
 * broker of your own only to break it.
 */
public final class TestKafka extends TestServer {

    private final KafkaServer server;

    private TestKafka(KafkaServer server, boolean shared) {
        super("Kafka broker", shared ? Optional.empty() : server.life());
        this.server = server;
    }

    /** The one broker of this JVM, started at the first call; it cannot be stopped. */
    public static TestKafka shared() {
        return Shared.BROKER;
    }

    /** A broker of its own, running. */
    public static TestKafka launch() {
        return new TestKafka(KafkaServer.start(ServerKind.chosen()), false);
    }

    /** The value of {@code bootstrap.servers}, the same over all restarts. */
    public String bootstrap() {
        return server.bootstrap();
    }

    /** Topics of one partition each; those that exist stay as they are. */
    public void createTopics(List<String> names) {
        createTopics(names, 1);
    }

    public void createTopics(List<String> names, int partitions) {
        Topics.create(bootstrap(), names.stream().map(name -> new NewTopic(name, partitions, (short) 1)).toList());
    }

    public void deleteTopics(List<String> names) {
        Topics.delete(bootstrap(), names);
    }

    private static final class Shared {

        private static final TestKafka BROKER = new TestKafka(SharedServer.startOrAttach("kafka",
                () -> KafkaServer.start(ServerKind.chosen()), KafkaServer::bootstrap, KafkaServer::attached), true);
    }
}
