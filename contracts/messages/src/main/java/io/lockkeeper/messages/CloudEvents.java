package io.lockkeeper.messages;

import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;

/** CloudEvents 1.0 in Kafka's binary mode: attributes as {@code ce_*} headers, the message as JSON value. */
public final class CloudEvents {

    public static final String CONTENT_TYPE = "application/json";

    /** What became of a record. */
    public sealed interface Read {}

    public record Accepted(Envelope envelope) implements Read {}

    /** The record breaks the contract; {@code reason} says how. It belongs into the dead-letter topic. */
    public record Rejected(String reason) implements Read {}

    private CloudEvents() {}

    public static Map<String, String> headers(Envelope envelope) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", CONTENT_TYPE);
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", envelope.id());
        headers.put("ce_source", envelope.source().toString());
        headers.put("ce_type", envelope.type());
        headers.put("ce_time", envelope.time().toString());
        headers.put("ce_subject", envelope.message().release());
        headers.put("ce_partitionkey", envelope.message().target());
        envelope.correlation().ifPresent(id -> headers.put("ce_correlationid", id));
        envelope.causation().ifPresent(id -> headers.put("ce_causationid", id));
        return headers;
    }

    public static String value(Message message) {
        try {
            return MessageJson.mapper().writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + message.getClass().getSimpleName(), e);
        }
    }

    /** @param headers header names in lower case */
    public static Read read(Map<String, String> headers, byte[] value) {
        for (String required : new String[]{"ce_specversion", "ce_id", "ce_source", "ce_type"}) {
            if (headers.getOrDefault(required, "").isBlank()) {
                return new Rejected("header " + required + " is missing: not a CloudEvent in binary mode");
            }
        }
        if (!headers.get("ce_specversion").startsWith("1.")) {
            return new Rejected("ce_specversion " + headers.get("ce_specversion") + " is not 1.x");
        }
        Optional<WireNames.Type> type = WireNames.type(headers.get("ce_type"));
        if (type.isEmpty()) {
            return new Rejected("ce_type " + headers.get("ce_type") + " is not known here");
        }
        if (value == null) {
            return new Rejected("the record has no value");
        }
        try {
            Message message = MessageJson.mapper().readValue(value, type.get().message());
            if (message == null) {
                return new Rejected("the record's value is null");
            }
            Instant time = headers.containsKey("ce_time") ? Instant.parse(headers.get("ce_time")) : Instant.EPOCH;
            return new Accepted(new Envelope(headers.get("ce_id"), URI.create(headers.get("ce_source")), time,
                    Optional.ofNullable(headers.get("ce_correlationid")),
                    Optional.ofNullable(headers.get("ce_causationid")), message));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            return new Rejected(headers.get("ce_type") + " does not parse: " + firstLine(e.getMessage()));
        }
    }

    private static String firstLine(String text) {
        return text == null ? "no detail" : text.lines().findFirst().orElse("no detail");
    }
}
