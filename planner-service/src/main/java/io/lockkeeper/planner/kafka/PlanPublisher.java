package io.lockkeeper.planner.kafka;

import java.net.URI;
import java.time.Clock;
import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.reactive.messaging.MutinyEmitter;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.planner.intake.PlanIndex;
import io.lockkeeper.service.EventRecords;

/** Publishes to the topic {@code plans}. */
@ApplicationScoped
class PlanPublisher {

    private static final URI SOURCE = URI.create("/lockkeeper/planner");

    private final MutinyEmitter<byte[]> emitter;
    private final String prefix;
    private final Clock clock = Clock.systemUTC();

    PlanPublisher(@Channel("plans") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER) MutinyEmitter<byte[]> emitter,
            @ConfigProperty(name = "lockkeeper.topic-prefix") String prefix) {
        this.emitter = emitter;
        this.prefix = prefix;
    }

    /** Returns once the broker has it. */
    void publish(String releaseEventId, PlanEvent event) {
        Envelope envelope = new Envelope(PlanIndex.planEventId(releaseEventId), SOURCE, clock.instant(),
                Optional.of(releaseEventId), Optional.of(releaseEventId), event);
        emitter.sendMessage(EventRecords.write(prefix + envelope.topic(), envelope)).await().indefinitely();
    }
}
