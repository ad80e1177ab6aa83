package io.lockkeeper.observer.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunbooksTest {

    private static final Path RUNBOOKS = Path.of("..", "deploy", "runbooks");
    private static final List<String> PARTS = List.of("Meaning", "Impact", "Diagnosis", "Safe actions", "With approval",
            "Forbidden", "Recovery", "Keep");

    @ParameterizedTest
    @EnumSource(AlertName.class)
    void everyAlertHasItsPage(AlertName name) throws IOException {
        String page = Files.readString(RUNBOOKS.resolve(name.runbook()));

        assertThat(page).startsWith("# " + name.text() + "\n");
        assertThat(PARTS).allSatisfy(part -> assertThat(page).contains("**" + part + ".**"));
        assertThat(Files.readString(RUNBOOKS.resolve("README.md"))).contains("(" + name.runbook() + ")");
    }

    @Test
    void everyPageHasItsAlert() throws IOException {
        try (Stream<Path> pages = Files.list(RUNBOOKS)) {
            assertThat(pages.map(page -> page.getFileName().toString()).filter(page -> page.startsWith("Lockkeeper")))
                    .containsExactlyInAnyOrderElementsOf(
                            Arrays.stream(AlertName.values()).map(AlertName::runbook).toList());
        }
    }
}
