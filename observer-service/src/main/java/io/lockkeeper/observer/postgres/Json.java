package io.lockkeeper.observer.postgres;

import java.util.Locale;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.MessageJson;

/** Records as {@code jsonb} columns and back. */
final class Json {

    private Json() {}

    static String write(Object value) {
        try {
            return MessageJson.mapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + value.getClass().getSimpleName() + " as JSON", e);
        }
    }

    static <T> T read(String text, Class<T> type) {
        try {
            return MessageJson.mapper().readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored " + type.getSimpleName() + " does not parse", e);
        }
    }

    static <T> T read(String text, TypeReference<T> type) {
        try {
            return MessageJson.mapper().readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a stored " + type.getType().getTypeName() + " does not parse", e);
        }
    }

    /** The ledger's spelling of a gate, whichever case it has. */
    static Gate gate(String text) {
        return Gate.of(text.toLowerCase(Locale.ROOT).replace('_', '-'));
    }
}
