package io.lockkeeper.grammar.wasm.split;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Splits the oversized functions of a module that a C compiler made. */
public final class ModuleSplitter {

    /** Where LLVM puts the pointer to the stack that C's addressable variables live on. */
    private static final int STACK_POINTER = 0;

    /**
     * A chunk of 2,600 bytes becomes less than the 8,000 bytes of Java bytecode beyond which HotSpot does not compile.
     */
    private static final SplitLimits LIMITS = new SplitLimits(6_000, 1_200, 2_600);

    private static final long STACK_BYTES = 256L << 20;

    private ModuleSplitter() {}

    /**
     * @param module in WebAssembly's binary format
     * @return one that does the same, with the same imports and exports
     * @throws UnsupportedCodeException when a function to be split holds something unknown
     */
    public static byte[] split(byte[] module) {
        return split(module, LIMITS);
    }

    /** Follows the code by recursion, and a large {@code switch} nests as deep as it has cases: takes a deep stack. */
    static byte[] split(byte[] module, SplitLimits limits) {
        FutureTask<byte[]> splitting = new FutureTask<>(() -> splitOnThisThread(module, limits));
        new Thread(null, splitting, "module-splitter", STACK_BYTES).start();
        try {
            return splitting.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnsupportedCodeException unsupported) {
                throw unsupported;
            }
            throw new IllegalStateException("Splitting failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while splitting", e);
        }
    }

    private static byte[] splitOnThisThread(byte[] bytes, SplitLimits limits) {
        WasmModule module = new WasmModule(bytes);
        if (module.typeOfGlobal(STACK_POINTER) != ValueType.I32 || !module.isMutableGlobal(STACK_POINTER)) {
            throw new UnsupportedCodeException("a first global that is no stack pointer");
        }
        AddedCode added = new AddedCode(module);
        FunctionSplitter splitter = new FunctionSplitter(limits, STACK_POINTER, added);
        Map<Integer, byte[]> trampolines = new LinkedHashMap<>();
        for (int function = module.firstDefined(); function < module.functionCount(); function++) {
            if (module.body(function).length > limits.functionBytes()) {
                trampolines.put(function, splitter.split(FunctionReader.read(module, function)));
            }
        }
        return module.write(added.types(), trampolines, added.functions());
    }
}
