package io.lockkeeper.observer.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunbooksTest {

    private static final Path RUNBOOKS = Path.of("..", "deploy", "runbooks");
    private static final Path RULES = Path.of("..", "deploy", "prometheus", "lockkeeper.rules.yml");
    private static final List<String> PARTS = List.of("Meaning", "Impact", "Diagnosis", "Safe actions", "With approval",
            "Forbidden", "Recovery", "Keep");

    @ParameterizedTest
    @MethodSource("names")
    void everyAlertHasItsPage(String name) throws IOException {
        String page = Files.readString(RUNBOOKS.resolve(name + ".md"));

        assertThat(page).startsWith("# " + name + "\n");
        assertThat(PARTS).allSatisfy(part -> assertThat(page).contains("**" + part + ".**"));
        assertThat(Files.readString(RUNBOOKS.resolve("README.md"))).contains("(" + name + ".md)");
    }

    /** The observer's own alerts, and those of Prometheus. */
    static Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        Arrays.stream(AlertName.values()).map(AlertName::text).forEach(names::add);
        rules().forEach(rule -> names.add(rule.get("alert").asText()));
        return names;
    }

    private static List<JsonNode> rules() throws IOException {
        JsonNode rules = new YAMLMapper().readTree(RULES.toFile()).at("/groups/0/rules");
        assertThat(rules).isNotEmpty();
        return StreamSupport.stream(rules.spliterator(), false).toList();
    }

    @Test
    void everyRuleOfPrometheusSaysWhatPeopleNeed() throws IOException {
        assertThat(rules()).allSatisfy(rule -> {
            assertThat(rule.path("expr").asText()).isNotBlank();
            assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning", "none");
            assertThat(rule.at("/annotations/summary").asText()).isNotBlank();
            assertThat(rule.at("/annotations/impact").asText()).isNotBlank();
            assertThat(rule.at("/annotations/runbook_url").asText()).isEqualTo(rule.get("alert").asText() + ".md");
        });
    }

    @Test
    void everyPageHasItsAlert() throws IOException {
        try (Stream<Path> pages = Files.list(RUNBOOKS)) {
            assertThat(pages.map(page -> page.getFileName().toString()).filter(page -> page.startsWith("Lockkeeper")))
                    .containsExactlyInAnyOrderElementsOf(names().stream().map(name -> name + ".md").toList());
        }
    }
}
