package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.grammar.wasm.split.WasmModule.AddedFunction;

/** Collects the functions that are added to a module. */
final class AddedCode {

    /** Frame address and part to run → part to run next */
    private static final FunctionType CHUNK = new FunctionType(List.of(ValueType.I32, ValueType.I32),
            Optional.of(ValueType.I32));
    /** Index into a table → part to run next */
    private static final FunctionType RESOLVER = new FunctionType(List.of(ValueType.I32), Optional.of(ValueType.I32));

    private final WasmModule module;
    private final List<AddedFunction> functions = new ArrayList<>();

    AddedCode(WasmModule module) {
        this.module = module;
    }

    /** @param locals of the chunk, its two parameters not among them. @return the number of the new function */
    int addChunk(List<ValueType> locals, CodeWriter code) {
        return add(0, locals, code);
    }

    /** @return the number of the new function */
    int addResolver(CodeWriter code) {
        return add(1, List.of(), code);
    }

    List<FunctionType> types() {
        return List.of(CHUNK, RESOLVER);
    }

    List<AddedFunction> functions() {
        return functions;
    }

    /** @return a function as the code section holds it */
    static byte[] body(List<ValueType> locals, CodeWriter code) {
        CodeWriter out = new CodeWriter().number(locals.size());
        locals.forEach(type -> out.number(1).bytes(type.code));
        return out.bytes(code.toByteArray()).toByteArray();
    }

    private int add(int type, List<ValueType> locals, CodeWriter code) {
        functions.add(new AddedFunction(module.typeCount() + type, body(locals, code)));
        return module.functionCount() + functions.size() - 1;
    }
}
