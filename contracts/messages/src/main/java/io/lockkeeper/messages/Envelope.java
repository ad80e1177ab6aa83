package io.lockkeeper.messages;

import java.net.URI;
import java.time.Instant;
import java.util.Optional;

/**
 * A message with its CloudEvents 1.0 attributes.
 *
 * @param id          unique within {@code source}; derived, never random, so that a second send is the same event
 * @param source      who says it: {@code /lockkeeper/executor}
 * @param correlation id of the release request that started it all
 * @param causation   id of the event that led to this one
 */
public record Envelope(String id, URI source, Instant time, Optional<String> correlation, Optional<String> causation,
        Message message) {

    public Envelope {
        Texts.required(id, "ce_id");
        Texts.required(source, "ce_source");
        Texts.required(time, "ce_time");
        Texts.required(message, "data");
        correlation = Texts.optional(correlation);
        causation = Texts.optional(causation);
    }

    /** {@code io.lockkeeper.plan.proposed.v1}. */
    public String type() {
        return WireNames.type(message.getClass()).name();
    }

    public String topic() {
        return WireNames.type(message.getClass()).topic();
    }
}
