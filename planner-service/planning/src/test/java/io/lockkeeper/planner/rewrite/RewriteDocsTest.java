package io.lockkeeper.planner.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

class RewriteDocsTest {

    @Test
    void everyRewriteHasAPageAndEveryPageARewrite() throws Exception {
        Set<String> rewrites = Rewriter.rewrites().stream().map(rewrite -> rewrite.getClass().getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT) + ".md")
                .collect(Collectors.toSet());
        try (Stream<Path> pages = Files.list(Path.of("docs/rewrites"))) {
            assertThat(pages.map(page -> page.getFileName().toString())).containsExactlyInAnyOrderElementsOf(rewrites);
        }
    }
}
