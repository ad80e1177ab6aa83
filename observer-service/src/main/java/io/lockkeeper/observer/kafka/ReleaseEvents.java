package io.lockkeeper.observer.kafka;

import java.util.concurrent.CompletionStage;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.common.annotation.Blocking;
import io.smallrye.reactive.messaging.kafka.IncomingKafkaRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;

import io.lockkeeper.messages.CloudEvents;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.ReleaseEvent;
import io.lockkeeper.observer.config.Observers;
import io.lockkeeper.service.EventRecords;

/** Versions that came or went are kept in the target before they are acknowledged; requests are the planner's. */
@ApplicationScoped
public class ReleaseEvents {

    private final Observers observers;

    ReleaseEvents(Observers observers) {
        this.observers = observers;
    }

    @Incoming("releases")
    @Blocking
    CompletionStage<Void> release(IncomingKafkaRecord<String, byte[]> release) {
        CloudEvents.Read read = EventRecords.read(release);
        if (read instanceof CloudEvents.Rejected rejected) {
            return release.nack(new EventRecords.ContractViolation(rejected.reason()));
        }
        Envelope envelope = ((CloudEvents.Accepted) read).envelope();
        if (!(envelope.message() instanceof ReleaseEvent event)) {
            return release.nack(new EventRecords.ContractViolation(
                    envelope.type() + " does not belong onto the topic of releases"));
        }
        if (event instanceof ReleaseEvent.ReleaseRequested) {
            return release.ack();
        }
        try {
            observers.keep(envelope, event);
            return release.ack();
        } catch (EventRecords.ContractViolation e) {
            return release.nack(e);
        }
    }
}
