package io.lockkeeper.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

import com.dylibso.chicory.runtime.CompiledModule;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.InterpreterMachine;
import com.dylibso.chicory.runtime.Machine;
import com.dylibso.chicory.wasm.Parser;
import com.dylibso.chicory.wasm.WasmModule;
import org.junit.jupiter.api.Test;

/** The parser that was split and compiled gives the very answers of the original file, run by an interpreter. */
class SplitParserTest {

    private static final LibpgQuery ORIGINAL = new LibpgQuery(new OriginalModule());
    private static final LibpgQuery SPLIT = new LibpgQuery();

    @Test
    void validStatementsGiveTheSameAnswers() throws IOException {
        List<byte[]> statements = paragraphs("valid-statements.sql");
        for (byte[] statement : statements) {
            assertThat(assertSame(statement, LibpgQuery::parse)).isInstanceOf(LibpgQuery.RawTree.class);
            if (new String(statement, StandardCharsets.UTF_8).contains("plpgsql")) {
                assertSame(statement, LibpgQuery::parsePlpgsql);
            }
        }
        assertThat(statements).hasSizeGreaterThan(60);
    }

    @Test
    void wholeScriptsGiveTheSameAnswers() throws IOException {
        byte[] script = read("valid-statements.sql").getBytes(StandardCharsets.UTF_8);
        assertSame(script, LibpgQuery::parse);
        assertThat(assertSame(script, LibpgQuery::fingerprint)).hasSize(16);
        assertThat(assertSame(script, LibpgQuery::normalize)).contains("$1");
        assertThat(assertSame(script, LibpgQuery::scan)).startsWith("{");
    }

    @Test
    void invalidStatementsGiveTheSameErrors() throws IOException {
        for (byte[] statement : paragraphs("invalid-statements.sql")) {
            assertThat(assertSame(statement, LibpgQuery::parse)).isInstanceOf(LibpgQuery.RawError.class);
        }
    }

    private <T> T assertSame(byte[] text, BiFunction<LibpgQuery, byte[], T> question) {
        T answer = question.apply(SPLIT, text);
        assertThat(answer).as(new String(text, StandardCharsets.UTF_8))
                .isEqualTo(question.apply(ORIGINAL, text));
        return answer;
    }

    /** @return the paragraphs of a file, without the first one, which explains it */
    private static List<byte[]> paragraphs(String name) throws IOException {
        return Arrays.stream(read(name).split("\n\n")).skip(1)
                .map(paragraph -> paragraph.getBytes(StandardCharsets.UTF_8)).toList();
    }

    private static String read(String name) throws IOException {
        try (InputStream in = SplitParserTest.class.getResourceAsStream("/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static final class OriginalModule implements CompiledModule {

        @Override
        public WasmModule wasmModule() {
            return Parser.parse(Path.of(System.getProperty("grammar.wasm")));
        }

        @Override
        public Function<Instance, Machine> machineFactory() {
            return InterpreterMachine::new;
        }
    }
}
