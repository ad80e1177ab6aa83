package io.lockkeeper.testbed;

import java.util.List;
import java.util.Optional;

import org.testcontainers.kafka.KafkaContainer;

import io.lockkeeper.embedded.EmbeddedKafka;

/**
 * One Kafka broker, wherever it lives.
 *
 * @param life empty where another copy of this class started the broker; see {@link SharedServer}
 */
record KafkaServer(String bootstrap, Optional<ServerLife> life) {

    private static final String IMAGE = "apache/kafka:4.1.1";
    private static final int PORT = 9092;

    static KafkaServer start(ServerKind kind) {
        return switch (kind) {
            case EMBEDDED -> embedded();
            case CONTAINERS -> container();
        };
    }

    static KafkaServer attached(String bootstrap) {
        return new KafkaServer(bootstrap, Optional.empty());
    }

    private static KafkaServer embedded() {
        var broker = EmbeddedKafka.builder().start();
        return new KafkaServer(broker.bootstrap(), Optional.of(ServerLife.of(broker)));
    }

    private static KafkaServer container() {
        var container = new KafkaContainer(IMAGE).withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
                .withEnv("KAFKA_BROKER_SESSION_TIMEOUT_MS", "3000")
                .withEnv("KAFKA_BROKER_HEARTBEAT_INTERVAL_MS", "500");
        // The broker tells its port to its clients: it has to stay the same.
        container.setPortBindings(List.of(ContainerLife.freePort() + ":" + PORT));
        container.start();
        var bootstrap = container.getBootstrapServers();
        return new KafkaServer(bootstrap,
                Optional.of(new ContainerLife(container, () -> Topics.awaitAnswer(bootstrap))));
    }
}
