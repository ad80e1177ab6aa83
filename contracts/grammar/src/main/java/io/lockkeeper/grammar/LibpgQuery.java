package io.lockkeeper.grammar;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import com.dylibso.chicory.runtime.CompiledModule;
import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.Memory;

import io.lockkeeper.grammar.compiled.LibpgQueryModule;

/**
 * One running copy of libpg_query, PostgreSQL's parser as a library. For one thread at a time; after any exception its
 * memory is in an unknown state and it must be thrown away.
 */
final class LibpgQuery {

    static final Map<String, String> EXPORTS = Map.of("malloc", "C", "free", "E", "wasm_parse_query_raw", "F",
            "wasm_free_parse_result", "G", "wasm_parse_plpgsql", "H", "wasm_fingerprint", "I", "wasm_normalize_query",
            "J", "wasm_scan", "M", "wasm_free_string", "N");

    // Offsets in the C structs PgQueryParseResult and PgQueryError, whose fields are pointers and ints of 4 bytes.
    private static final int RESULT_TREE = 0;
    private static final int RESULT_ERROR = 8;
    private static final int ERROR_MESSAGE = 0;
    private static final int ERROR_CURSOR = 16;

    private final EmscriptenRuntime runtime;
    private final ExportFunction malloc;
    private final ExportFunction free;
    private final ExportFunction parse;
    private final ExportFunction freeParseResult;
    private final ExportFunction parsePlpgsql;
    private final ExportFunction fingerprint;
    private final ExportFunction normalize;
    private final ExportFunction scan;
    private final ExportFunction freeString;

    LibpgQuery() {
        this(new LibpgQueryModule());
    }

    LibpgQuery(CompiledModule module) {
        runtime = new EmscriptenRuntime(module);
        malloc = export("malloc");
        free = export("free");
        parse = export("wasm_parse_query_raw");
        freeParseResult = export("wasm_free_parse_result");
        parsePlpgsql = export("wasm_parse_plpgsql");
        fingerprint = export("wasm_fingerprint");
        normalize = export("wasm_normalize_query");
        scan = export("wasm_scan");
        freeString = export("wasm_free_string");
    }

    /** A parse tree as JSON, or an error. */
    sealed interface RawResult {}

    record RawTree(String json) implements RawResult {}

    /** @param cursor in code points from 1; 0 when PostgreSQL gives no position */
    record RawError(String message, int cursor) implements RawResult {}

    /** @param sql without NUL characters, as in all methods */
    RawResult parse(byte[] sql) {
        int query = copyIn(sql);
        int result = address(parse.apply(query));
        try {
            int error = memory().readInt(result + RESULT_ERROR);
            if (error != 0) {
                return new RawError(copyOut(memory().readInt(error + ERROR_MESSAGE)),
                        memory().readInt(error + ERROR_CURSOR));
            }
            return new RawTree(copyOut(memory().readInt(result + RESULT_TREE)));
        } finally {
            freeParseResult.apply(result);
            free.apply(query);
        }
    }

    /** @return JSON, or else a message that does not begin with a brace */
    String parsePlpgsql(byte[] sql) {
        return textOf(parsePlpgsql, sql);
    }

    /** @return 16 hexadecimal digits, or else a message */
    String fingerprint(byte[] sql) {
        return textOf(fingerprint, sql);
    }

    /** @return the normalised text, or a message for text that does not parse */
    String normalize(byte[] sql) {
        return textOf(normalize, sql);
    }

    /** @return tokens as JSON, in which control characters are not escaped; a message for what is no token */
    String scan(byte[] sql) {
        return textOf(scan, sql);
    }

    int memoryPages() {
        return memory().pages();
    }

    private String textOf(ExportFunction function, byte[] sql) {
        int query = copyIn(sql);
        int text = address(function.apply(query));
        try {
            return copyOut(text);
        } finally {
            freeString.apply(text);
            free.apply(query);
        }
    }

    private int copyIn(byte[] text) {
        int address = address(malloc.apply(text.length + 1));
        memory().write(address, text);
        memory().writeByte(address + text.length, (byte) 0);
        return address;
    }

    private String copyOut(int address) {
        return memory().readCString(address, StandardCharsets.UTF_8);
    }

    private static int address(long[] result) {
        if (result[0] == 0) {
            throw new IllegalStateException("out of memory");
        }
        return (int) result[0];
    }

    private Memory memory() {
        return runtime.memory();
    }

    private ExportFunction export(String name) {
        return runtime.export(EXPORTS.get(name));
    }
}
