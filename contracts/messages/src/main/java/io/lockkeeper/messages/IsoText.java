package io.lockkeeper.messages;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;

/**
 * Times as ISO-8601 text alone. Jackson would read a bare number as seconds, and who writes {@code "lockBudget": 500}
 * means milliseconds.
 */
final class IsoText<T> extends StdScalarDeserializer<T> {

    private static final long serialVersionUID = 1L;

    private final transient Function<String, T> parse;
    private final String example;

    private IsoText(Class<T> type, Function<String, T> parse, String example) {
        super(type);
        this.parse = parse;
        this.example = example;
    }

    static SimpleModule module() {
        return new SimpleModule("lockkeeper-times")
                .addDeserializer(Instant.class, new IsoText<>(Instant.class, Instant::parse, "2026-01-31T12:00:00Z"))
                .addDeserializer(Duration.class, new IsoText<>(Duration.class, Duration::parse, "PT0.5S"));
    }

    @Override
    public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        if (!parser.hasToken(JsonToken.VALUE_STRING)) {
            return context.reportInputMismatch(this, "state it as ISO-8601 text like \"%s\"", example);
        }
        try {
            return parse.apply(parser.getText().strip());
        } catch (DateTimeException e) {
            return context.reportInputMismatch(this, "\"%s\" is not ISO-8601 like \"%s\"", parser.getText(), example);
        }
    }
}
