package io.lockkeeper.observer.kafka;

import java.util.concurrent.CompletionStage;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.reactive.messaging.kafka.IncomingKafkaRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

import io.lockkeeper.observer.config.Observers;

/**
 * The executor's outcomes only say that there is something to look at: the ledger says what. The record's key is the
 * target.
 */
@ApplicationScoped
public class Wakeups {

    private final Observers observers;

    Wakeups(Observers observers) {
        this.observers = observers;
    }

    @Incoming("outcomes")
    CompletionStage<Void> outcome(IncomingKafkaRecord<String, byte[]> outcome) {
        if (outcome.getKey() != null) {
            observers.wake(outcome.getKey());
        }
        return outcome.ack();
    }
}
