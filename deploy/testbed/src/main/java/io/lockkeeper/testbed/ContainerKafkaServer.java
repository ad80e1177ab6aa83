package io.lockkeeper.testbed;

import java.util.List;

import org.testcontainers.kafka.KafkaContainer;

final class ContainerKafkaServer implements KafkaServer {

    private static final String IMAGE = "apache/kafka:4.1.1";
    private static final int PORT = 9092;

    private final KafkaContainer container;
    private final ContainerControl control;

    private ContainerKafkaServer(KafkaContainer container) {
        this.container = container;
        this.control = new ContainerControl(container);
    }

    static ContainerKafkaServer launch() {
        var container = new KafkaContainer(IMAGE).withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
                .withEnv("KAFKA_BROKER_SESSION_TIMEOUT_MS", "3000")
                .withEnv("KAFKA_BROKER_HEARTBEAT_INTERVAL_MS", "500");
        // A port of our choice: the broker tells it to its clients, and Docker would give another one at every start.
        container.setPortBindings(List.of(ContainerControl.freePort() + ":" + PORT));
        container.start();
        return new ContainerKafkaServer(container);
    }

    @Override
    public String bootstrap() {
        return container.getBootstrapServers();
    }

    @Override
    public void start() {
        control.start();
        Topics.awaitAnswer(bootstrap());
    }

    @Override
    public void stop() {
        control.stop();
    }

    @Override
    public void kill() {
        control.kill();
    }

    @Override
    public void pause() {
        control.pause();
    }

    @Override
    public void resume() {
        control.resume();
    }

    @Override
    public void close() {
        container.stop();
    }
}
