package io.lockkeeper.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

/** The package's own script tells which shortened name stands for what. */
class EmscriptenNamesTest {

    private static final Path SCRIPT = Path.of(System.getProperty("grammar.script"));

    @Test
    void importsAreThoseOfTheScript() throws IOException {
        String script = Files.readString(SCRIPT);
        int start = script.indexOf("var wasmImports={");
        Map<String, String> expected = Pattern.compile("(\\w+):(\\w+)")
                .matcher(script.substring(start, script.indexOf('}', start))).results()
                // The script puts one underscore before what it implements itself.
                .collect(Collectors.toMap(found -> found.group(2).replaceFirst("^_", ""),
                        found -> found.group(1)));

        Map<String, String> actual = new HashMap<>(EmscriptenRuntime.INVOKE_IMPORTS);
        actual.putAll(EmscriptenRuntime.SYSTEM_IMPORTS);
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void exportsAreThoseOfTheScript() throws IOException {
        Map<String, String> expected = Pattern.compile("(\\w+)(?:=Module\\[\"\\w+\"\\])?=wasmExports\\[\"(\\w+)\"\\]")
                .matcher(Files.readString(SCRIPT)).results().collect(
                        Collectors.toMap(found -> found.group(1).replaceFirst("^_", ""),
                                EmscriptenNamesTest::exported));

        assertThat(expected).containsAllEntriesOf(LibpgQuery.EXPORTS);
        assertThat(expected).containsAllEntriesOf(EmscriptenRuntime.EXPORTS);
    }

    private static String exported(MatchResult found) {
        return found.group(2);
    }
}
