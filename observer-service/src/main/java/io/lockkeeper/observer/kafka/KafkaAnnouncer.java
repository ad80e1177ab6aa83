package io.lockkeeper.observer.kafka;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import jakarta.enterprise.context.ApplicationScoped;

import io.micrometer.core.instrument.MeterRegistry;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Message;

import io.lockkeeper.messages.CloudEvents;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.Verdict;
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
    private final MeterRegistry meters;

    KafkaAnnouncer(@Channel("verdicts") Emitter<byte[]> verdicts, @Channel("alerts") Emitter<byte[]> alerts,
            @ConfigProperty(name = "lockkeeper.topic-prefix") String prefix, Feed feed, MeterRegistry meters) {
        this.verdicts = verdicts;
        this.alerts = alerts;
        this.prefix = prefix;
        this.feed = feed;
        this.meters = meters;
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
        count(event.message());
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

    /** Sends, so a verdict that is said again is counted again. */
    private void count(io.lockkeeper.messages.Message said) {
        if (said instanceof Verdict verdict) {
            meters.counter("lockkeeper.verdicts.sent", "target", verdict.target(), "gate", verdict.gate().wireName(),
                    "decision", verdict.decision().name()).increment();
        }
    }
}
