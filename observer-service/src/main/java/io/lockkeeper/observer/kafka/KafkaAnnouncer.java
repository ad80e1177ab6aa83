package io.lockkeeper.observer.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import jakarta.enterprise.context.ApplicationScoped;

import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Message;

import io.lockkeeper.messages.CloudEvents;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.WireNames;
import io.lockkeeper.observer.console.Feed;
import io.lockkeeper.observer.observation.Announcer;
import io.lockkeeper.service.EventRecords;

/** Verdicts and alerts onto their topics, and into the live feed. */
@ApplicationScoped
public class KafkaAnnouncer implements Announcer {

    private final Emitter<byte[]> verdicts;
    private final Emitter<byte[]> alerts;
    private final String prefix;
    private final Feed feed;

    KafkaAnnouncer(@Channel("verdicts") Emitter<byte[]> verdicts, @Channel("alerts") Emitter<byte[]> alerts,
            @ConfigProperty(name = "lockkeeper.topic-prefix") String prefix, Feed feed) {
        this.verdicts = verdicts;
        this.alerts = alerts;
        this.prefix = prefix;
        this.feed = feed;
    }

    @Override
    public CompletionStage<Void> announce(Envelope event) {
        CompletableFuture<Void> kept = new CompletableFuture<>();
        Message<byte[]> message = EventRecords.write(prefix + event.topic(), event).withAck(() -> {
            kept.complete(null);
            return CompletableFuture.completedFuture(null);
        }).withNack(reason -> {
            kept.completeExceptionally(reason);
            return CompletableFuture.completedFuture(null);
        });
        boolean verdict = event.topic().equals(WireNames.VERDICTS);
        try {
            (verdict ? verdicts : alerts).send(message);
        } catch (IllegalStateException e) {
            // The channel's buffer is full because Kafka is away: the caller says it again.
            kept.completeExceptionally(e);
        }
        feed.publish(verdict ? "verdict" : "alert", CloudEvents.value(event.message()));
        return kept;
    }
}
