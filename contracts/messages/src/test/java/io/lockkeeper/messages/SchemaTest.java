package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaTest {

    private static final SchemaGeneration GENERATION = new SchemaGeneration();

    static Stream<WireNames.Type> types() {
        return WireNames.TYPES.stream();
    }

    @BeforeAll
    static void rewriteWhereAsked() throws IOException {
        if (Boolean.getBoolean("schemas.write")) {
            Files.createDirectories(Resources.path("schemas"));
            for (WireNames.Type type : WireNames.TYPES) {
                Files.writeString(Resources.path(Resources.schema(type)), pretty(GENERATION.of(type)) + "\n");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void checkedInSchemaSaysWhatTheRecordSays(WireNames.Type type) throws IOException {
        assertThat(Resources.tree(Resources.schema(type)))
                .as("%s is not what %s says: if the change is compatible, run with -Dschemas.write=true",
                        Resources.schema(type), type.message().getSimpleName())
                .isEqualTo(GENERATION.of(type));
    }

    @Test
    void noSchemaIsLeftOfATypeThatIsGone() throws IOException {
        assertThat(Resources.names("schemas"))
                .containsExactlyInAnyOrderElementsOf(types().map(type -> type.shortName() + ".json").toList());
    }

    private static String pretty(JsonNode node) throws IOException {
        DefaultIndenter indent = new DefaultIndenter("  ", "\n");
        return MessageJson.mapper().writer(new DefaultPrettyPrinter().withObjectIndenter(indent)
                .withArrayIndenter(indent).withSeparators(Separators.createDefaultInstance()
                        .withObjectFieldValueSpacing(Separators.Spacing.AFTER)))
                .writeValueAsString(node);
    }
}
