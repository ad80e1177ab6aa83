package io.lockkeeper.testbed;

/** A broker that another copy of this class started; see {@link SharedServer}. Life and death are not its business. */
record AttachedKafkaServer(String bootstrap) implements KafkaServer {

    @Override
    public void start() {
        throw notOurs();
    }

    @Override
    public void stop() {
        throw notOurs();
    }

    @Override
    public void kill() {
        throw notOurs();
    }

    @Override
    public void pause() {
        throw notOurs();
    }

    @Override
    public void resume() {
        throw notOurs();
    }

    @Override
    public void close() {
        throw notOurs();
    }

    private static UnsupportedOperationException notOurs() {
        return new UnsupportedOperationException("The shared Kafka broker is not this class loader's to control");
    }
}
