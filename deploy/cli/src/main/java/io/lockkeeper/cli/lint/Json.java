package io.lockkeeper.cli.lint;

import java.io.PrintWriter;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.lockkeeper.messages.MessageJson;

/** One JSON document, indented. */
final class Json {

    private Json() {}

    static void write(Object document, PrintWriter out) {
        try {
            out.println(MessageJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(document));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report can be written as JSON", e);
        }
    }
}
