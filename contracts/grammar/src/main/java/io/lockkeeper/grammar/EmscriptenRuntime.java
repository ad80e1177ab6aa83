package io.lockkeeper.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import com.dylibso.chicory.runtime.ByteArrayMemory;
import com.dylibso.chicory.runtime.CompiledModule;
import com.dylibso.chicory.runtime.ExportFunction;
import com.dylibso.chicory.runtime.HostFunction;
import com.dylibso.chicory.runtime.ImportValues;
import com.dylibso.chicory.runtime.Instance;
import com.dylibso.chicory.runtime.Memory;
import com.dylibso.chicory.runtime.WasmFunctionHandle;
import com.dylibso.chicory.wasm.types.FunctionType;
import com.dylibso.chicory.wasm.types.MemoryLimits;
import com.dylibso.chicory.wasm.types.ValType;

/**
 * What Emscripten's JavaScript would do for the parser: the few system calls that it makes, and C's setjmp and longjmp,
 * with which PostgreSQL reports errors. Emscripten calls every function that may longjmp through an imported
 * {@code invoke_*}; a longjmp is an exception that the innermost {@code invoke_*} catches.
 *
 * <p>The names of imports and exports were shortened by Emscripten's optimiser and differ from build to build. They
 * follow the script beside the wasm file ({@code wasmImports}, {@code assignWasmExports}); a test compares them.
 */
final class EmscriptenRuntime {

    /** Import name by Emscripten's name, which tells the types: result first, then the parameters after the index. */
    static final Map<String, String> INVOKE_IMPORTS = Map.ofEntries(Map.entry("invoke_i", "g"),
            Map.entry("invoke_ii", "b"), Map.entry("invoke_iii", "a"), Map.entry("invoke_iiii", "d"),
            Map.entry("invoke_iiiii", "k"), Map.entry("invoke_ji", "l"), Map.entry("invoke_v", "e"),
            Map.entry("invoke_vi", "f"), Map.entry("invoke_vii", "h"), Map.entry("invoke_viii", "j"),
            Map.entry("invoke_viiii", "i"), Map.entry("invoke_viiiii", "y"), Map.entry("invoke_viiiiiiiiiiiii", "n"));

    static final Map<String, String> SYSTEM_IMPORTS = Map.ofEntries(Map.entry("__assert_fail", "c"),
            Map.entry("_abort_js", "x"), Map.entry("_emscripten_runtime_keepalive_clear", "w"),
            Map.entry("_emscripten_throw_longjmp", "p"), Map.entry("_setitimer_js", "o"),
            Map.entry("emscripten_resize_heap", "q"), Map.entry("exit", "m"), Map.entry("fd_close", "u"),
            Map.entry("fd_read", "r"), Map.entry("fd_seek", "s"), Map.entry("fd_write", "t"),
            Map.entry("proc_exit", "v"));

    static final Map<String, String> EXPORTS = Map.of("setThrew", "P", "_emscripten_stack_restore", "Q",
            "emscripten_stack_get_current", "R");

    private static final String CONSTRUCTORS_EXPORT = "A";
    private static final String IMPORT_MODULE = "a";
    private static final long BAD_FILE_DESCRIPTOR = 8;
    private static final long[] ZERO = {0};

    /**
     * The file asks for 128 MiB at once. Its data and its 32 MiB stack end at 34,515,008 bytes; the heap follows and
     * grows on demand.
     */
    private static final int INITIAL_PAGES = 576;

    /** Carries nothing: where to go on is in the parser's own memory. */
    private final LongJump longJump = new LongJump();
    private final ExportFunction setThrew;
    private final ExportFunction restoreStack;
    private final ExportFunction currentStack;
    private final Instance instance;

    EmscriptenRuntime(CompiledModule module) {
        int maximumPages = module.wasmModule().memorySection().orElseThrow().getMemory(0).limits().maximumPages();
        instance = Instance.builder(module.wasmModule()).withMachineFactory(module.machineFactory())
                .withImportValues(ImportValues.builder().addFunction(imports()).build())
                .withMemoryFactory(ByteArrayMemory::new)
                .withMemoryLimits(new MemoryLimits(INITIAL_PAGES, maximumPages)).withStart(false).build();
        setThrew = instance.export(EXPORTS.get("setThrew"));
        restoreStack = instance.export(EXPORTS.get("_emscripten_stack_restore"));
        currentStack = instance.export(EXPORTS.get("emscripten_stack_get_current"));
        instance.export(CONSTRUCTORS_EXPORT).apply();
    }

    Memory memory() {
        return instance.memory();
    }

    ExportFunction export(String name) {
        return instance.export(name);
    }

    private HostFunction[] imports() {
        List<HostFunction> functions = new ArrayList<>();
        INVOKE_IMPORTS.forEach((emscriptenName, importName) -> {
            String types = emscriptenName.substring("invoke_".length());
            boolean returnsValue = types.charAt(0) != 'v';
            functions.add(new HostFunction(IMPORT_MODULE, importName, type(types.charAt(0) + "i" + types.substring(1)),
                    (caller, arguments) -> invoke(arguments, returnsValue)));
        });
        functions.add(system("__assert_fail", "viiii", (caller, arguments) -> {
            throw new IllegalStateException("assertion failed: " + caller.memory().readCString((int) arguments[0]));
        }));
        functions.add(system("_abort_js", "v", (caller, arguments) -> {
            throw new IllegalStateException("abort");
        }));
        functions.add(system("exit", "vi", (caller, arguments) -> {
            throw new IllegalStateException("exit " + arguments[0]);
        }));
        functions.add(system("proc_exit", "vi", (caller, arguments) -> {
            throw new IllegalStateException("exit " + arguments[0]);
        }));
        functions.add(system("_emscripten_throw_longjmp", "v", (caller, arguments) -> {
            throw longJump;
        }));
        functions.add(system("_emscripten_runtime_keepalive_clear", "v", (caller, arguments) -> null));
        functions.add(system("_setitimer_js", "iid", (caller, arguments) -> ZERO));
        functions.add(system("emscripten_resize_heap", "ii", (caller, arguments) -> resizeHeap(arguments)));
        functions.add(system("fd_close", "ii", (caller, arguments) -> ZERO));
        functions.add(system("fd_read", "iiiii", (caller, arguments) -> new long[]{BAD_FILE_DESCRIPTOR}));
        functions.add(system("fd_seek", "iijii", (caller, arguments) -> new long[]{BAD_FILE_DESCRIPTOR}));
        functions.add(system("fd_write", "iiiii", (caller, arguments) -> discardOutput(caller.memory(), arguments)));
        return functions.toArray(HostFunction[]::new);
    }

    private static HostFunction system(String emscriptenName, String types, WasmFunctionHandle handle) {
        return new HostFunction(IMPORT_MODULE, SYSTEM_IMPORTS.get(emscriptenName), type(types), handle);
    }

    /** @param types one letter each, the result first: v none, i 32-bit, j 64-bit, d double */
    private static FunctionType type(String types) {
        List<ValType> result = types.charAt(0) == 'v' ? List.of() : List.of(valueType(types.charAt(0)));
        return FunctionType.of(types.chars().skip(1).mapToObj(c -> valueType((char) c)).toList(), result);
    }

    private static ValType valueType(char letter) {
        return switch (letter) {
            case 'i' -> ValType.I32;
            case 'j' -> ValType.I64;
            case 'd' -> ValType.F64;
            default -> throw new IllegalArgumentException("No type has the letter " + letter);
        };
    }

    private long[] invoke(long[] arguments, boolean returnsValue) {
        long stack = currentStack.apply()[0];
        try {
            int function = instance.table(0).requiredRef((int) arguments[0]);
            return instance.getMachine().call(function, Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (LongJump jump) {
            restoreStack.apply(stack);
            setThrew.apply(1, 0);
            return returnsValue ? ZERO : null;
        }
    }

    /** Grows by a fifth at least, as Emscripten does: growing copies the whole memory. */
    private long[] resizeHeap(long[] arguments) {
        Memory memory = instance.memory();
        int pages = memory.pages();
        int wanted = (int) ((Integer.toUnsignedLong((int) arguments[0]) + Memory.PAGE_SIZE - 1) / Memory.PAGE_SIZE);
        int generous = Math.min(Math.max(wanted, pages + pages / 5), memory.maximumPages());
        boolean grown = memory.grow(generous - pages) >= 0 || memory.grow(wanted - pages) >= 0;
        return new long[]{grown ? 1 : 0};
    }

    /** What the parser writes to its standard error are debugging notes; its errors come in its results. */
    private static long[] discardOutput(Memory memory, long[] arguments) {
        int buffers = (int) arguments[1];
        int written = 0;
        for (int i = 0; i < arguments[2]; i++) {
            written += memory.readInt(buffers + 8 * i + 4);
        }
        memory.writeI32((int) arguments[3], written);
        return ZERO;
    }

    private static final class LongJump extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private LongJump() {
            super("longjmp", null, false, false);
        }
    }
}
