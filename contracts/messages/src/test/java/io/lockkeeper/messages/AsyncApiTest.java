package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AsyncApiTest {

    private static JsonNode document;

    @BeforeAll
    static void read() throws IOException {
        document = new YAMLMapper().readTree(Resources.text("asyncapi.yaml"));
    }

    static List<WireNames.Type> types() {
        return WireNames.TYPES;
    }

    static List<Sample> samples() {
        return Sample.current();
    }

    @Test
    void itIsAsyncApi3AndNothingElse() {
        assertThat(document.at("/asyncapi").asText()).isEqualTo("3.0.0");
        assertThat(document.at("/info/title").asText()).isNotBlank();
        assertThat(document.at("/info/version").asText()).isNotBlank();
        assertThat(names(document)).isSubsetOf("asyncapi", "info", "defaultContentType", "servers", "channels",
                "operations", "components");
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<String> references = document.findValuesAsText("$ref");
        assertThat(references).isNotEmpty().allSatisfy(reference -> {
            if (reference.startsWith("#")) {
                assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
            } else {
                assertThat(Resources.path(reference)).exists();
            }
        });
    }

    @Test
    void everyTopicHasAChannelAndOneForItsDeadLetters() {
        Set<String> expected = new LinkedHashSet<>();
        for (String topic : WireNames.TOPICS) {
            expected.add(topic);
            expected.add(topic + WireNames.DEAD_LETTER_SUFFIX);
        }
        assertThat(names(document.get("channels"))).containsExactlyInAnyOrderElementsOf(expected);
        for (String name : expected) {
            JsonNode channel = document.get("channels").get(name);
            assertThat(channel.get("address").asText()).isEqualTo("{prefix}" + name);
            assertThat(follow(channel.at("/parameters/prefix")).get("default").asText())
                    .isEqualTo(WireNames.DEFAULT_PREFIX);
        }
    }

    @Test
    void channelsCarryTheTypesOfTheirTopic() {
        for (String topic : WireNames.TOPICS) {
            assertThat(names(document.get("channels").get(topic).get("messages"))).as(topic)
                    .containsExactlyInAnyOrderElementsOf(WireNames.TYPES.stream()
                            .filter(type -> type.topic().equals(topic)).map(WireNames.Type::shortName).toList());
            assertThat(names(document.get("channels").get(topic + WireNames.DEAD_LETTER_SUFFIX).get("messages")))
                    .containsExactly("dead.letter");
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void messageOfEveryTypeRefersToItsSchema(WireNames.Type type) {
        JsonNode message = follow(document.get("channels").get(type.topic()).get("messages").get(type.shortName()));
        assertThat(message.get("name").asText()).isEqualTo(type.name());
        assertThat(message.get("summary").asText()).isNotBlank();
        assertThat(message.at("/payload/schema/$ref").asText()).isEqualTo(Resources.schema(type));
        assertThat(message.at("/payload/schemaFormat").asText())
                .isEqualTo("application/schema+json;version=draft-2020-12");
        assertThat(message.at("/headers/allOf/1/properties/ce_type/const").asText()).isEqualTo(type.name());
    }

    @Test
    void noMessageIsLeftOfATypeThatIsGone() {
        assertThat(names(document.at("/components/messages"))).containsExactlyInAnyOrderElementsOf(
                Stream.concat(WireNames.TYPES.stream().map(WireNames.Type::shortName), Stream.of("dead.letter"))
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void headersOfEverySampleAreAsDescribed(Sample sample) throws IOException {
        Envelope envelope = new Envelope("1", URI.create("/lockkeeper/test"), Instant.parse("2026-11-21T09:10:00Z"),
                Optional.of("0"), Optional.empty(), sample.message());
        JsonNode headers = MessageJson.mapper().valueToTree(CloudEvents.headers(envelope));
        ObjectNode described = document.at("/components/messages").get(sample.type().shortName()).get("headers")
                .deepCopy();
        described.withObject("/components").set("schemas", document.at("/components/schemas"));
        assertThat(Schemas.violations(described, headers)).isEmpty();

        Map<String, String> foreign = CloudEvents.headers(envelope);
        foreign.put("ce_type", "io.lockkeeper.other.thing.v1");
        assertThat(Schemas.violations(described, MessageJson.mapper().valueToTree(foreign))).isNotEmpty();
    }

    @Test
    void operationsSendAndReceiveWhatTheirChannelCarries() {
        Set<String> sent = new LinkedHashSet<>();
        Set<String> received = new LinkedHashSet<>();
        for (JsonNode operation : document.get("operations")) {
            String channel = operation.at("/channel/$ref").asText();
            assertThat(channel).startsWith("#/channels/");
            assertThat(operation.get("messages")).isNotEmpty().allSatisfy(message -> assertThat(
                    message.get("$ref").asText()).startsWith(channel + "/messages/"));
            switch (operation.get("action").asText()) {
                case "send" -> operation.get("messages").forEach(message -> sent.add(message.get("$ref").asText()));
                case "receive" -> operation.get("messages")
                        .forEach(message -> received.add(message.get("$ref").asText()));
                default -> throw new AssertionError("an operation can only send or receive: " + operation);
            }
        }
        for (WireNames.Type type : WireNames.TYPES) {
            String message = "#/channels/" + type.topic() + "/messages/" + type.shortName();
            assertThat(sent).contains(message);
            assertThat(received).contains(message);
        }
    }

    private static JsonNode follow(JsonNode node) {
        return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
