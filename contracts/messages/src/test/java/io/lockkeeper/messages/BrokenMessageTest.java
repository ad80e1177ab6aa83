package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every property of every sample, at any depth, is taken away, set to null and set to another type in turn. Schema and
 * record must agree on what is missed, and a refusal must name the property.
 */
class BrokenMessageTest {

    static List<Sample> samples() {
        return Sample.current();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void recordMissesExactlyWhatItsSchemaRequires(Sample sample) throws IOException {
        JsonNode root = sample.tree();
        for (Property property : properties(root)) {
            JsonNode value = property.owner().remove(property.name());
            assertThat(reason(sample, root)).as("without %s", property)
                    .satisfies(reason -> {
                        if (Schemas.violations(sample.type(), root).isEmpty()) {
                            assertThat(reason).isEmpty();
                        } else {
                            assertThat(reason).contains(property.name());
                        }
                    });
            property.owner().set(property.name(), value);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void nullNeverStandsForARequiredValue(Sample sample) throws IOException {
        JsonNode root = sample.tree();
        for (Property property : properties(root)) {
            JsonNode value = property.owner().remove(property.name());
            boolean required = !Schemas.violations(sample.type(), root).isEmpty();
            property.owner().set(property.name(), NullNode.getInstance());
            String reason = reason(sample, root);
            if (required || !reason.isEmpty()) {
                assertThat(reason).as("null for %s", property).contains(property.name());
            }
            property.owner().set(property.name(), value);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void anotherTypeIsRefusedByName(Sample sample) throws IOException {
        JsonNode root = sample.tree();
        for (Property property : properties(root)) {
            JsonNode value = property.owner().get(property.name());
            JsonNode wrong = value.isContainerNode()
                    ? MessageJson.mapper().getNodeFactory().textNode("x")
                    : MessageJson.mapper().createArrayNode().add(MessageJson.mapper().createObjectNode());
            property.owner().set(property.name(), wrong);
            assertThat(Schemas.violations(sample.type(), root)).as("%s for %s", wrong, property).isNotEmpty();
            assertThat(reason(sample, root)).as("%s for %s", wrong, property).contains(property.name());
            property.owner().set(property.name(), value);
        }
    }

    /** Why the record is not taken; empty where it is. Fails where reading throws or names a Java class. */
    private static String reason(Sample sample, JsonNode root) {
        CloudEvents.Read read = CloudEvents.read(
                Map.of("ce_specversion", "1.0", "ce_id", "1", "ce_source", "/test", "ce_type", sample.type().name()),
                root.toString().getBytes(StandardCharsets.UTF_8));
        if (read instanceof CloudEvents.Rejected rejected) {
            assertThat(rejected.reason()).startsWith(sample.type().name() + " does not parse: ").hasLineCount(1)
                    .doesNotContain("NullPointer", "io.lockkeeper.messages.", "DeserializationConfig");
            return rejected.reason().substring(sample.type().name().length());
        }
        return "";
    }

    private static List<Property> properties(JsonNode node) {
        List<Property> found = new ArrayList<>();
        if (node instanceof ObjectNode object) {
            for (Iterator<String> names = object.fieldNames(); names.hasNext();) {
                found.add(new Property(object, names.next()));
            }
        }
        if (node instanceof ObjectNode || node instanceof ArrayNode) {
            node.forEach(child -> found.addAll(properties(child)));
        }
        return found;
    }

    private record Property(ObjectNode owner, String name) {

        @Override
        public String toString() {
            return name + " of " + owner;
        }
    }
}
