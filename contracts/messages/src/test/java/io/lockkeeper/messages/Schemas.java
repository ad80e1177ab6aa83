package io.lockkeeper.messages;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

/** The checked-in schemas at work, formats asserted. */
final class Schemas {

    private static final SchemaRegistry REGISTRY = SchemaRegistry
            .withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private static final Map<WireNames.Type, Schema> BY_TYPE = new HashMap<>();

    private Schemas() {}

    /** What the type's schema has against the value; nothing where it is valid. */
    static synchronized List<String> violations(WireNames.Type type, JsonNode value) throws IOException {
        if (!BY_TYPE.containsKey(type)) {
            BY_TYPE.put(type, REGISTRY.getSchema(Resources.tree(Resources.schema(type))));
        }
        return violations(BY_TYPE.get(type), value);
    }

    static List<String> violations(JsonNode schema, JsonNode value) {
        return violations(REGISTRY.getSchema(schema), value);
    }

    private static List<String> violations(Schema schema, JsonNode value) {
        return schema
                .validate(value,
                        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
                .stream().map(Error::toString).toList();
    }
}
