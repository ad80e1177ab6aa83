package io.lockkeeper.executor.kafka;

import java.util.concurrent.CompletionStage;

import jakarta.enterprise.context.ApplicationScoped;

import io.smallrye.reactive.messaging.MutinyEmitter;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;

import io.lockkeeper.executor.outbox.OutboxEvent;
import io.lockkeeper.executor.outbox.Publisher;
import io.lockkeeper.service.EventRecords;

/** Publishes outbox events; the relays wait for each batch, so what is buffered here is bounded by them. */
@ApplicationScoped
class KafkaPublisher implements Publisher {

    private final MutinyEmitter<byte[]> emitter;
    private final String prefix;

    KafkaPublisher(
            @Channel("outcomes") @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER) MutinyEmitter<byte[]> emitter,
            @ConfigProperty(name = "lockkeeper.topic-prefix") String prefix) {
        this.emitter = emitter;
        this.prefix = prefix;
    }

    @Override
    public CompletionStage<Void> publish(OutboxEvent event) {
        return emitter
                .sendMessage(EventRecords.write(prefix + event.topic(), event.key(), event.headers(), event.value()))
                .subscribeAsCompletionStage();
    }
}
