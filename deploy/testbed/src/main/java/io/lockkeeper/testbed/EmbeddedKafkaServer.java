package io.lockkeeper.testbed;

import io.lockkeeper.embedded.EmbeddedKafka;

record EmbeddedKafkaServer(EmbeddedKafka broker) implements KafkaServer {

    static EmbeddedKafkaServer launch() {
        return new EmbeddedKafkaServer(EmbeddedKafka.builder().start());
    }

    @Override
    public String bootstrap() {
        return broker.bootstrap();
    }

    @Override
    public void start() {
        broker.start();
    }

    @Override
    public void stop() {
        broker.stop();
    }

    @Override
    public void kill() {
        broker.kill();
    }

    @Override
    public void pause() {
        broker.pause();
    }

    @Override
    public void resume() {
        broker.resume();
    }

    @Override
    public void close() {
        broker.close();
    }
}
