package io.lockkeeper.planner.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

class RuleDocsTest {

    private static final Path PAGES = Path.of("docs/rules");

    @Test
    void everyRuleHasAPageAndEveryPageARule() throws Exception {
        List<String> rules = Arrays.stream(Rule.values()).map(rule -> rule.id() + ".md").toList();
        try (Stream<Path> pages = Files.list(PAGES)) {
            assertThat(pages.map(page -> page.getFileName().toString())).containsExactlyInAnyOrderElementsOf(rules);
        }
    }

    @Test
    void everyPageSaysWhichLockWhyAndWhatToWrite() throws Exception {
        for (Rule rule : Rule.values()) {
            assertThat(Files.readString(PAGES.resolve(rule.id() + ".md"))).as(rule.id()).startsWith("# " + rule.id())
                    .contains("**Lock:**", "**Why:**", "**Write instead:**", "**Lockkeeper**");
        }
    }
}
