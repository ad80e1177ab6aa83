package io.lockkeeper.testbed;

import java.util.List;

import org.apache.kafka.clients.admin.NewTopic;

/**
 * A Kafka broker for tests. Topics must be created. Use {@link #shared()} with topic and group names of your own; a
 * broker of your own only to break it.
 */
public final class TestKafka implements AutoCloseable {

    private final KafkaServer server;
    private final boolean shared;

    private TestKafka(KafkaServer server, boolean shared) {
        this.server = server;
        this.shared = shared;
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

    /** Starts the broker again after {@link #stop()} or {@link #kill()}, on the same port and data. */
    public void start() {
        requireOwn("start");
        server.start();
    }

    /** Orderly shutdown. */
    public void stop() {
        requireOwn("stop");
        server.stop();
    }

    /** SIGKILL. The next start takes some 4 s: the old registration has to expire. */
    public void kill() {
        requireOwn("kill");
        server.kill();
    }

    /** Freezes the broker: connections stay open, nothing answers. */
    public void pause() {
        requireOwn("pause");
        server.pause();
    }

    public void resume() {
        requireOwn("resume");
        server.resume();
    }

    public void restart() {
        stop();
        start();
    }

    /** Ends the broker and removes its data. */
    @Override
    public void close() {
        requireOwn("close");
        server.close();
    }

    private void requireOwn(String wish) {
        if (shared) {
            throw new IllegalStateException("This test may not " + wish + " the shared Kafka broker: other tests use"
                    + " it; start one of its own by TestKafka.launch()");
        }
    }

    private static final class Shared {

        private static final TestKafka BROKER = new TestKafka(SharedServer.<KafkaServer>startOrAttach("kafka",
                () -> KafkaServer.start(ServerKind.chosen()), KafkaServer::bootstrap, AttachedKafkaServer::new), true);
    }
}
