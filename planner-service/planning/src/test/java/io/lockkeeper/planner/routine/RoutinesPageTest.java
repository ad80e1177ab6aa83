package io.lockkeeper.planner.routine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** Every question and failure of the page names tests that are there, and cases that have the words. */
class RoutinesPageTest {

    private static final int ROWS = 23 + 13;
    private static final Pattern PLACE = Pattern
            .compile("`cases/([a-z-]+)`: `([^`]+)`|`(\\w+(?:Test|IT))(?:\\.(\\w+))?`");
    private static final Path ROOT = Path.of("../..");

    @Test
    void everyRowIsTriedWhereThePageSays() throws IOException {
        String page = Files.readString(Path.of("docs/routines.md"));
        List<String> rows = page.substring(page.indexOf("## The checklist")).lines()
                .filter(line -> line.startsWith("| ") && !line.endsWith("| tried by |")).toList();
        assertThat(rows).hasSize(ROWS);
        String tests = tests();
        for (String row : rows) {
            Matcher place = PLACE.matcher(row);
            boolean any = false;
            while (place.find()) {
                any = true;
                if (place.group(1) != null) {
                    assertThat(files(Path.of("src/test/cases", place.group(1)), "")).as(row).contains(place.group(2));
                } else {
                    assertThat(tests).as(row).contains("class " + place.group(3) + " {");
                    if (place.group(4) != null) {
                        assertThat(tests).as(row).contains("void " + place.group(4) + "(");
                    }
                }
            }
            assertThat(any).as(row).isTrue();
        }
    }

    private static String tests() throws IOException {
        StringBuilder sources = new StringBuilder();
        for (String module : List.of("planner-service/planning", "executor-service", "observer-service",
                "deploy/cli")) {
            sources.append(files(ROOT.resolve(module).resolve("src/test/java"), ".java"));
        }
        return sources.toString();
    }

    private static String files(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Files.isRegularFile(file) && file.toString().endsWith(suffix)).sorted()
                    .map(file -> {
                        try {
                            return Files.readString(file);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }).collect(Collectors.joining("\n"));
        }
    }
}
