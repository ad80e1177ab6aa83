package io.lockkeeper.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
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

    private final LibpgQuery original = new LibpgQuery(new OriginalModule());
    private final LibpgQuery split = new LibpgQuery();

    @Test
    void validStatementsGiveTheSameAnswers() throws IOException {
        List<byte[]> statements = paragraphs("valid-statements.sql");
        for (byte[] statement : statements) {
            assertThat(assertSame(statement, LibpgQuery::parse)).isInstanceOf(LibpgQuery.RawTree.class);
            assertSame(statement, LibpgQuery::fingerprint);
            assertSame(statement, LibpgQuery::normalize);
            assertSame(statement, LibpgQuery::scan);
            if (new String(statement, StandardCharsets.UTF_8).contains("plpgsql")) {
                assertSame(statement, LibpgQuery::parsePlpgsql);
            }
        }
        assertThat(statements).hasSizeGreaterThan(60);
    }

    @Test
    void invalidStatementsGiveTheSameErrors() throws IOException {
        for (byte[] statement : paragraphs("invalid-statements.sql")) {
            assertThat(assertSame(statement, LibpgQuery::parse)).isInstanceOf(LibpgQuery.RawError.class);
            assertSame(statement, LibpgQuery::fingerprint);
            assertSame(statement, LibpgQuery::normalize);
        }
    }

    private <T> T assertSame(byte[] text, BiFunction<LibpgQuery, byte[], T> question) {
        T answer = question.apply(split, text);
        assertThat(answer).as(new String(text, StandardCharsets.UTF_8))
                .isEqualTo(question.apply(original, text));
        return answer;
    }

    /** @return the paragraphs of a file, without the first one, which explains it */
    private static List<byte[]> paragraphs(String name) throws IOException {
        try (InputStream in = SplitParserTest.class.getResourceAsStream("/" + name)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<byte[]> paragraphs = new ArrayList<>();
            for (String paragraph : text.split("\n\n")) {
                paragraphs.add(paragraph.getBytes(StandardCharsets.UTF_8));
            }
            return paragraphs.subList(1, paragraphs.size());
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
