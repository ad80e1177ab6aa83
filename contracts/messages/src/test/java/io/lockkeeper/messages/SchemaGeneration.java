package io.lockkeeper.messages;

import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomDefinition.AttributeInclusion;
import com.github.victools.jsonschema.generator.CustomDefinition.DefinitionType;
import com.github.victools.jsonschema.generator.CustomDefinitionProviderV2;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;

/**
 * What the records and {@link MessageJson} accept, as JSON Schema 2020-12. A component is required unless it is an
 * Optional or declares a {@link JsonProperty#defaultValue()}; properties that a schema does not name are allowed, so
 * that an older receiver understands a newer sender.
 */
final class SchemaGeneration {

    /** RFC 3339's format {@code duration} knows no fractions of a second. */
    private static final String ISO_DURATION = "^P(?=.)([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+([.][0-9]{1,9})?S)?)?$";

    private final SchemaGenerator generator;

    SchemaGeneration() {
        var config = new SchemaGeneratorConfigBuilder(MessageJson.mapper(), SchemaVersion.DRAFT_2020_12,
                new OptionPreset(Option.SCHEMA_VERSION_INDICATOR, Option.NONPUBLIC_NONSTATIC_FIELDS_WITHOUT_GETTERS,
                        Option.DEFINITIONS_FOR_ALL_OBJECTS, Option.PLAIN_DEFINITION_KEYS,
                        Option.ALLOF_CLEANUP_AT_THE_END));
        config.forTypesInGeneral().withCustomDefinitionProvider(new WireForms());
        config.forFields()
                .withTargetTypeOverridesResolver(
                        field -> isOptional(field) ? field.getType().getTypeParameters().subList(0, 1) : null)
                .withRequiredCheck(field -> !isOptional(field) && defaultValue(field).isEmpty())
                .withDefaultResolver(field -> defaultValue(field).orElse(null));
        generator = new SchemaGenerator(config.build());
    }

    JsonNode of(WireNames.Type type) throws JsonProcessingException {
        ObjectNode generated = generator.generateSchema(type.message());
        ObjectNode schema = MessageJson.mapper().createObjectNode();
        schema.set("$schema", generated.get("$schema"));
        schema.put("$id", "urn:lockkeeper:" + type.shortName());
        schema.put("title", type.name());
        schema.setAll(generated);
        // The generator leaves Java values in the tree; as text they are what a reader of the file sees.
        return MessageJson.mapper().readTree(schema.toString());
    }

    private static boolean isOptional(FieldScope field) {
        return field.getDeclaredType().getErasedType() == Optional.class;
    }

    private static Optional<JsonNode> defaultValue(FieldScope field) {
        if (field.isFakeContainerItemScope()) {
            return Optional.empty();
        }
        return Optional.ofNullable(field.getAnnotation(JsonProperty.class)).map(JsonProperty::defaultValue)
                .map(text -> {
                    try {
                        return text.matches("[\\[{].*|true|false")
                                ? MessageJson.mapper().readTree(text)
                                : TextNode.valueOf(text);
                    } catch (JsonProcessingException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    /** Types whose JSON form is not an object with their fields. */
    private static final class WireForms implements CustomDefinitionProviderV2 {

        @Override
        public CustomDefinition provideCustomSchemaDefinition(ResolvedType type, SchemaGenerationContext context) {
            Class<?> raw = type.getErasedType();
            ObjectNode node = MessageJson.mapper().createObjectNode();
            if (raw == Instant.class) {
                return named(node.put("type", "string").put("format", "date-time"));
            }
            if (raw == Duration.class) {
                return named(node.put("type", "string").put("pattern", ISO_DURATION)
                        .put("description", "ISO-8601, not negative: PT0.5S, PT15M, PT24H"));
            }
            if (raw == BigDecimal.class) {
                return new CustomDefinition(node.put("type", "number"), DefinitionType.INLINE, AttributeInclusion.YES);
            }
            if (raw == Lsn.class) {
                return named(node.put("type", "string").put("pattern", "^" + Lsn.PATTERN + "$")
                        .put("description", "a position in the write-ahead log, as pg_lsn prints it"));
            }
            if (raw.isEnum()) {
                node.put("type", "string").set("enum", wireNames(raw));
                return named(node);
            }
            if (raw == Map.class) {
                node.put("type", "object");
                node.set("propertyNames", context.createDefinitionReference(type.getTypeParameters().get(0)));
                node.set("additionalProperties", context.createDefinitionReference(type.getTypeParameters().get(1)));
                return new CustomDefinition(node, DefinitionType.INLINE, AttributeInclusion.YES);
            }
            if (raw == Action.class) {
                ArrayNode kinds = node.putArray("oneOf");
                WireNames.ACTIONS.forEach(kind -> kinds
                        .add(context.createDefinitionReference(context.getTypeContext().resolve(kind.getType()))));
                return named(node);
            }
            return WireNames.ACTIONS.stream().filter(kind -> kind.getType() == raw).findFirst()
                    .map(kind -> action(kind, type, context)).orElse(null);
        }

        private CustomDefinition action(NamedType kind, ResolvedType type, SchemaGenerationContext context) {
            ObjectNode node = context.createStandardDefinition(type, this);
            ObjectNode properties = MessageJson.mapper().createObjectNode();
            properties.putObject("kind").put("const", kind.getName());
            properties.setAll((ObjectNode) node.get("properties"));
            node.set("properties", properties);
            ArrayNode required = MessageJson.mapper().createArrayNode().add("kind");
            node.withArray("required").forEach(required::add);
            node.set("required", required);
            return named(node);
        }

        private static ArrayNode wireNames(Class<?> raw) {
            ArrayNode names = MessageJson.mapper().createArrayNode();
            List.of(raw.getEnumConstants()).forEach(constant -> names.add(MessageJson.mapper().valueToTree(constant)));
            return names;
        }

        private static CustomDefinition named(ObjectNode node) {
            return new CustomDefinition(node, DefinitionType.ALWAYS_REF, AttributeInclusion.NO);
        }
    }
}
