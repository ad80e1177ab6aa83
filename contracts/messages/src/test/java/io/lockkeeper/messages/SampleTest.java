package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SampleTest {

    static List<Sample> current() {
        return Sample.current();
    }

    static List<Sample> released() {
        return Sample.released();
    }

    @ParameterizedTest
    @MethodSource("current")
    void sampleIsWhatItsSchemaAsks(Sample sample) throws IOException {
        assertThat(Schemas.violations(sample.type(), sample.tree())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("current")
    void sampleIsWrittenBackAsItWasRead(Sample sample) throws IOException {
        Message message = sample.message();
        JsonNode written = MessageJson.mapper().readTree(CloudEvents.value(message));
        assertThat(written).isEqualTo(sample.tree());
        assertThat(MessageJson.mapper().treeToValue(written, sample.type().message())).isEqualTo(message)
                .hasSameHashCodeAs(message);
    }

    @ParameterizedTest
    @MethodSource("released")
    void releasedSampleStillParses(Sample sample) throws IOException {
        assertThat(Schemas.violations(sample.type(), sample.tree())).isEmpty();
        assertThat(sample.message().target()).isNotBlank();
        assertThat(sample.message().release()).isNotBlank();
    }

    @Test
    void everyMessageHasAWireNameASchemaAndSamples() throws IOException {
        Set<Class<?>> messages = leaves(Message.class);
        assertThat(WireNames.TYPES).extracting(WireNames.Type::message).doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(messages.stream().map(leaf -> leaf.asSubclass(Message.class))
                        .toList());
        assertThat(WireNames.TYPES).extracting(WireNames.Type::name).doesNotHaveDuplicates()
                .allMatch(name -> name.matches("io\\.lockkeeper\\.[a-z]+\\.[a-z]+\\.v[1-9]"));
        assertThat(WireNames.TYPES).extracting(WireNames.Type::topic).isSubsetOf(WireNames.TOPICS);
        for (WireNames.Type type : WireNames.TYPES) {
            assertThat(Resources.path(Resources.schema(type))).exists();
            assertThat(Sample.current()).as("samples of %s", type.name()).anyMatch(sample -> sample.type() == type);
            assertThat(Sample.released()).as("released samples of %s", type.name())
                    .anyMatch(sample -> sample.type() == type);
        }
    }

    @Test
    void everyActionHasAKindAndASample() {
        assertThat(WireNames.ACTIONS.stream().map(NamedType::getType).toList())
                .containsExactlyInAnyOrderElementsOf(leaves(Action.class));
        List<String> sampled = Sample.current().stream().filter(s -> s.type().message() == PlanEvent.PlanProposed.class)
                .flatMap(s -> s.tree().findValuesAsText("kind").stream()).toList();
        assertThat(sampled).containsAll(WireNames.ACTIONS.stream().map(NamedType::getName).toList());
    }

    @Test
    void everyDecisionAndEveryEvidenceKindHasASample() {
        List<JsonNode> verdicts = Sample.current().stream().filter(s -> s.type().message() == Verdict.class)
                .map(Sample::tree).toList();
        assertThat(verdicts).extracting(verdict -> verdict.get("decision").asText())
                .contains(names(Verdict.Decision.values()));
        assertThat(verdicts).flatExtracting(verdict -> verdict.findValuesAsText("kind"))
                .contains(Arrays.stream(EvidenceKind.values())
                        .map(kind -> MessageJson.mapper().valueToTree(kind).textValue()).toArray(String[]::new));
    }

    @Test
    void planHashesOfSamplesAreReal() throws IOException {
        for (Sample sample : Sample.current()) {
            if (sample.message() instanceof PlanEvent.PlanProposed proposed) {
                assertThat(proposed.plan().hash()).as(sample.path()).isEqualTo(PlanHash.of(proposed.plan()));
            }
            if (sample.message() instanceof Verdict verdict) {
                assertThat(verdict.evidenceHash()).as(sample.path()).isEqualTo(PlanHash.of(verdict.evidence()));
            }
        }
    }

    private static String[] names(Enum<?>[] values) {
        return Stream.of(values).map(Enum::name).toArray(String[]::new);
    }

    private static Set<Class<?>> leaves(Class<?> sealed) {
        Set<Class<?>> leaves = new HashSet<>();
        if (!sealed.isSealed()) {
            leaves.add(sealed);
        } else {
            for (Class<?> permitted : sealed.getPermittedSubclasses()) {
                leaves.addAll(leaves(permitted));
            }
        }
        return leaves;
    }
}
