package io.lockkeeper.executor.http;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.lockkeeper.messages.MessageJson;

/** The same JSON on HTTP as on the topics. */
final class Json {

    private Json() {}

    static String write(Object value) {
        try {
            return MessageJson.mapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + value.getClass().getSimpleName() + " as JSON", e);
        }
    }
}
