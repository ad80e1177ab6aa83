package io.lockkeeper.testbed;

/** One Kafka broker, wherever it lives; address and data stay over stop, kill and start. */
sealed interface KafkaServer permits EmbeddedKafkaServer, ContainerKafkaServer, AttachedKafkaServer {

    String bootstrap();

    void start();

    /** Orderly shutdown. */
    void stop();

    /** SIGKILL. */
    void kill();

    /** Freezes the broker: connections stay open, nothing answers. */
    void pause();

    void resume();

    /** Ends the broker and removes its data. */
    void close();

    static KafkaServer start(ServerKind kind) {
        return switch (kind) {
            case EMBEDDED -> EmbeddedKafkaServer.launch();
            case CONTAINERS -> ContainerKafkaServer.launch();
        };
    }
}
