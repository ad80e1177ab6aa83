package io.lockkeeper.executor.outbox;

import java.util.Map;

/** An event in its wire form. {@code topic} without prefix; {@code sequence} is its place in the outbox. */
public record OutboxEvent(long sequence, String topic, String key, Map<String, String> headers, String value) {

    public OutboxEvent {
        headers = Map.copyOf(headers);
    }
}
