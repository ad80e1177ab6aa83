package io.lockkeeper.executor.outbox;

import java.util.concurrent.CompletionStage;

/** Sends events to the world. */
public interface Publisher {

    /** Completes when the broker has the event for good, fails when it surely or possibly has not. */
    CompletionStage<Void> publish(OutboxEvent event);
}
