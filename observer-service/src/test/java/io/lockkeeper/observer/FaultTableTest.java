package io.lockkeeper.observer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** Every row of the README's fault table names tests that are there. */
class FaultTableTest {

    private static final Pattern TEST = Pattern.compile("`(?:(\\w+)[.]|…)?(\\w+)`");

    @Test
    void everyFaultIsATest() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        List<String> rows = readme.substring(readme.indexOf("## What it withstands")).lines()
                .filter(line -> line.startsWith("| ")).skip(1).toList();
        assertThat(rows).hasSizeGreaterThanOrEqualTo(30);
        List<String> sources = sources();
        for (String row : rows) {
            Matcher named = TEST.matcher(row.substring(row.lastIndexOf('|', row.length() - 2)));
            List<String> found = new ArrayList<>();
            while (named.find()) {
                String method = named.group(2);
                boolean whole = named.group(1) == null && Character.isUpperCase(method.charAt(0));
                String wanted = whole ? "class " + method + " {" : "void " + method + "(";
                assertThat(sources).as(row)
                        .anyMatch(source -> source.contains(wanted) && (named.group(1) == null
                                || source.contains("class " + named.group(1) + " {")));
                found.add(method);
            }
            assertThat(found).as(row).isNotEmpty();
        }
    }

    private static List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources.add(Files.readString(file));
            }
        }
        return sources;
    }
}
