package io.lockkeeper.messages;

import java.io.IOException;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

/** The checked-in schemas at work, formats asserted. */
final class Schemas {

    private static final SchemaRegistry REGISTRY = SchemaRegistry
            .withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    private Schemas() {}

    /** What the type's schema has against the value; nothing where it is valid. */
    static List<String> violations(WireNames.Type type, JsonNode value) throws IOException {
        return violations(Resources.tree(Resources.schema(type)), value);
    }

    static List<String> violations(JsonNode schema, JsonNode value) {
        return REGISTRY.getSchema(schema)
                .validate(value,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream().map(Error::toString).toList();
    }
}
