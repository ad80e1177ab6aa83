package io.lockkeeper.planner.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.lockkeeper.messages.MessageJson;

/** Bodies in the wire form of messages. */
final class Json {

    private Json() {}

    static String write(Object value) {
        try {
            return MessageJson.mapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + value.getClass().getSimpleName(), e);
        }
    }

    static <T> T read(String body, Class<T> type) {
        try {
            T value = MessageJson.mapper().readValue(body == null ? "" : body, type);
            if (value == null) {
                throw new Problem("malformed", "the body is null").with(400);
            }
            return value;
        } catch (JsonProcessingException e) {
            String reason = e.getCause() instanceof IllegalArgumentException cause
                    ? cause.getMessage()
                    : e.getOriginalMessage();
            throw new Problem("malformed", "the body is no " + type.getSimpleName() + ": " + reason).with(400);
        }
    }

    static ObjectNode object(String body) {
        return read(body, ObjectNode.class);
    }
}
