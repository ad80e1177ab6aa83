package io.lockkeeper.messages;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

/**
 * The JSON form of messages: absent optionals are left out, instants and durations are ISO-8601, properties and map keys
 * sorted so that equal values are equal text, unknown properties ignored so that a newer sender is understood. What is
 * left out must be an Optional or have a {@code defaultValue}; the schemas say which.
 */
public final class MessageJson {

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .addModule(IsoText.module())
            .addMixIn(Action.class, ActionKind.class)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // A number or flag that was left out is not 0 or false: the message is broken, and says where.
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            // Records have fields; derived methods such as Plan.gates() are not part of the wire form.
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .visibility(PropertyAccessor.GETTER, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.IS_GETTER, JsonAutoDetect.Visibility.NONE)
            .build();

    static {
        WireNames.ACTIONS.forEach(MAPPER::registerSubtypes);
    }

    private MessageJson() {}

    /** Shared and configured; do not change it. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    /** What is wrong with the text and where, in one line without class names: {@code plan.steps[3].phase: …}. */
    public static String reason(JsonProcessingException failure) {
        String where = failure instanceof JsonMappingException mapping ? path(mapping) : "";
        return where.isEmpty() ? what(failure) : where + ": " + what(failure);
    }

    private static String what(JsonProcessingException failure) {
        if (failure.getCause() instanceof IllegalArgumentException check) {
            return check.getMessage(); // a record's own check, which names the field
        }
        if (failure instanceof InvalidTypeIdException kind) {
            return kind.getTypeId() == null
                    ? "kind is missing: state it"
                    : "kind " + kind.getTypeId() + " is not known here";
        }
        String message = failure.getOriginalMessage() == null ? "no detail" : failure.getOriginalMessage();
        if (message.startsWith("Cannot map `null`")) {
            return "is missing: state it";
        }
        // Packages and advice on how to configure the mapper are of no use to a sender.
        return message.lines().findFirst().orElse("no detail")
                .replaceAll("\\b(?:[a-z]+[.])+(?:[A-Z]\\w*[$])?(?=[A-Z])", "")
                .replaceFirst(" \\(but might if coercion.*", "");
    }

    private static String path(JsonMappingException failure) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : failure.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    private interface ActionKind {}
}
