package io.lockkeeper.messages;

import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;

/** CloudEvents 1.0 in Kafka's binary mode: attributes as {@code ce_*} headers, the message as JSON value. */
public final class CloudEvents {

    public static final String CONTENT_TYPE = "application/json";

    /** A record that ends in the middle or goes on after its end is broken, not short. */
    private static final ObjectReader READER = MessageJson.mapper().reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

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

    /**
     * Never throws: what cannot be read is {@link Rejected}.
     *
     * @param headers header names in lower case; {@code ce_time} may be missing and is then 1970
     */
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
        String contentType = headers.getOrDefault("content-type", CONTENT_TYPE);
        if (!contentType.split(";")[0].strip().equalsIgnoreCase(CONTENT_TYPE)) {
            return new Rejected("content-type " + contentType + " is not " + CONTENT_TYPE);
        }
        if (value == null) {
            return new Rejected("the record has no value");
        }
        URI source;
        Instant time;
        try {
            source = URI.create(headers.get("ce_source"));
            time = headers.containsKey("ce_time") ? Instant.parse(headers.get("ce_time")) : Instant.EPOCH;
        } catch (IllegalArgumentException e) {
            return new Rejected("ce_source " + headers.get("ce_source") + " is not a URI reference");
        } catch (DateTimeException e) {
            return new Rejected("ce_time " + headers.get("ce_time") + " is not a time like 2026-01-31T12:00:00Z");
        }
        try {
            Message message = READER.forType(type.get().message()).readValue(value);
            if (message == null) {
                return new Rejected("the record's value is null");
            }
            return new Accepted(new Envelope(headers.get("ce_id"), source, time,
                    Optional.ofNullable(headers.get("ce_correlationid")),
                    Optional.ofNullable(headers.get("ce_causationid")), message));
        } catch (JsonProcessingException e) {
            return new Rejected(type.get().name() + " does not parse: " + MessageJson.reason(e));
        } catch (IOException e) {
            return new Rejected(type.get().name() + " is not readable: " + e.getClass().getSimpleName());
        }
    }
}
