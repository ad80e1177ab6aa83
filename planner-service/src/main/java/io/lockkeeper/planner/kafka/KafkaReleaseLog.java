package io.lockkeeper.planner.kafka;

import java.time.Duration;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.reactive.messaging.MutinyEmitter;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

import io.lockkeeper.messages.Envelope;
import io.lockkeeper.planner.intake.ReleaseLog;
import io.lockkeeper.service.EventRecords;

/** Appends to the topic {@code releases}. */
@ApplicationScoped
class KafkaReleaseLog implements ReleaseLog {

    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final MutinyEmitter<byte[]> emitter;
    private final String prefix;

    KafkaReleaseLog(
            @Channel("releases-out") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER) MutinyEmitter<byte[]> emitter,
            @ConfigProperty(name = "lockkeeper.topic-prefix") String prefix) {
        this.emitter = emitter;
        this.prefix = prefix;
    }

    @Override
    public void append(Envelope event) {
        try {
            emitter.sendMessage(EventRecords.write(prefix + event.topic(), event)).await().atMost(DEADLINE);
        } catch (RuntimeException e) {
            throw new LogUnreachable("Kafka did not take the event: try again, the event id makes that safe", e);
        }
    }
}
