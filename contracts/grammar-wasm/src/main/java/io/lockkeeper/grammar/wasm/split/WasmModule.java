package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A module in WebAssembly's binary format, understood as far as splitting needs it; all else is passed on as bytes. */
final class WasmModule {

    private static final int HEADER_BYTES = 8;
    private static final int FUNCTION_TYPE = 0x60;
    private static final int MUTABLE = 1;

    private static final int TYPE_SECTION = 1;
    private static final int IMPORT_SECTION = 2;
    private static final int FUNCTION_SECTION = 3;
    private static final int GLOBAL_SECTION = 6;
    private static final int CODE_SECTION = 10;

    private record Section(int id, byte[] content) {}

    private record Global(ValueType type, boolean mutable) {}

    /** @param type index of the function's type; @param body locals and code, without the length in front */
    record AddedFunction(int type, byte[] body) {}

    private final byte[] header;
    private final List<Section> sections = new ArrayList<>();
    private final List<FunctionType> types = new ArrayList<>();
    /** Type of each function, those that are imported first */
    private final List<Integer> functions = new ArrayList<>();
    private final List<Global> globals = new ArrayList<>();
    private final List<byte[]> bodies = new ArrayList<>();
    private int imported;

    WasmModule(byte[] bytes) {
        header = Arrays.copyOf(bytes, HEADER_BYTES);
        ByteReader in = new ByteReader(bytes);
        in.skip(HEADER_BYTES);
        while (in.hasMore()) {
            int id = in.unsignedByte();
            byte[] content = in.slice(in.number()).rest();
            sections.add(new Section(id, content));
            ByteReader section = new ByteReader(content);
            switch (id) {
                case TYPE_SECTION -> readTypes(section);
                case IMPORT_SECTION -> readImports(section);
                case FUNCTION_SECTION -> readFunctions(section);
                case GLOBAL_SECTION -> readGlobals(section);
                case CODE_SECTION -> readBodies(section);
                default -> {
                    // passed on
                }
            }
        }
    }

    /** @return the number of the first function with a body; imported ones have the numbers below */
    int firstDefined() {
        return imported;
    }

    int functionCount() {
        return functions.size();
    }

    int typeCount() {
        return types.size();
    }

    FunctionType type(int index) {
        return types.get(index);
    }

    FunctionType typeOf(int function) {
        return types.get(functions.get(function));
    }

    /** @return locals and code of a function that is not imported */
    byte[] body(int function) {
        return bodies.get(function - imported);
    }

    ValueType typeOfGlobal(int global) {
        return globals.get(global).type;
    }

    boolean isMutableGlobal(int global) {
        return globals.get(global).mutable;
    }

    /**
     * @param addedTypes get the numbers from {@link #typeCount()} on
     * @param replacedBodies by number of function
     * @param addedFunctions get the numbers from {@link #functionCount()} on
     */
    byte[] write(List<FunctionType> addedTypes, Map<Integer, byte[]> replacedBodies,
            List<AddedFunction> addedFunctions) {
        CodeWriter out = new CodeWriter().bytes(header);
        for (Section section : sections) {
            byte[] content = switch (section.id) {
                case TYPE_SECTION -> extend(section, types.size(), addedTypes.stream().map(WasmModule::write).toList());
                case FUNCTION_SECTION -> extend(section, functions.size() - imported, addedFunctions.stream()
                        .map(function -> new CodeWriter().number(function.type).toByteArray()).toList());
                case CODE_SECTION -> writeBodies(replacedBodies, addedFunctions);
                default -> section.content;
            };
            out.bytes(section.id).sized(content);
        }
        return out.toByteArray();
    }

    private void readTypes(ByteReader in) {
        int count = in.number();
        for (int i = 0; i < count; i++) {
            if (in.unsignedByte() != FUNCTION_TYPE) {
                throw new UnsupportedCodeException("a type that is no function");
            }
            List<ValueType> parameters = readValueTypes(in);
            List<ValueType> results = readValueTypes(in);
            if (results.size() > 1) {
                throw new UnsupportedCodeException("a function with several results");
            }
            types.add(new FunctionType(parameters, results.stream().findFirst()));
        }
    }

    private static List<ValueType> readValueTypes(ByteReader in) {
        int count = in.number();
        List<ValueType> types = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            types.add(ValueType.of(in.unsignedByte()));
        }
        return types;
    }

    private void readImports(ByteReader in) {
        int count = in.number();
        for (int i = 0; i < count; i++) {
            in.skip(in.number()); // module
            in.skip(in.number()); // name
            if (in.unsignedByte() != 0) {
                throw new UnsupportedCodeException("an import that is no function");
            }
            functions.add(in.number());
        }
        imported = count;
    }

    private void readFunctions(ByteReader in) {
        int count = in.number();
        for (int i = 0; i < count; i++) {
            functions.add(in.number());
        }
    }

    private void readGlobals(ByteReader in) {
        int count = in.number();
        for (int i = 0; i < count; i++) {
            globals.add(new Global(ValueType.of(in.unsignedByte()), in.unsignedByte() == MUTABLE));
            skipConstant(in);
        }
    }

    private static void skipConstant(ByteReader in) {
        int opcode = in.unsignedByte();
        Optional<PlainOpcodes.Effect> constant = PlainOpcodes.effectOf(opcode);
        constant.orElseThrow(() -> new UnsupportedCodeException("a global that begins with no constant")).operand()
                .skip(in);
        in.skip(1); // end
    }

    private void readBodies(ByteReader in) {
        int count = in.number();
        for (int i = 0; i < count; i++) {
            bodies.add(in.slice(in.number()).rest());
        }
    }

    private static byte[] extend(Section section, int count, List<byte[]> added) {
        ByteReader in = new ByteReader(section.content);
        in.skipNumber(); // count
        CodeWriter out = new CodeWriter().number(count + added.size()).bytes(in.rest());
        added.forEach(out::bytes);
        return out.toByteArray();
    }

    private static byte[] write(FunctionType type) {
        CodeWriter out = new CodeWriter().bytes(FUNCTION_TYPE);
        for (List<ValueType> values : List.of(type.parameters(), type.result().map(List::of).orElse(List.of()))) {
            out.number(values.size());
            values.forEach(value -> out.bytes(value.code));
        }
        return out.toByteArray();
    }

    private byte[] writeBodies(Map<Integer, byte[]> replacedBodies, List<AddedFunction> addedFunctions) {
        CodeWriter out = new CodeWriter().number(bodies.size() + addedFunctions.size());
        for (int i = 0; i < bodies.size(); i++) {
            out.sized(replacedBodies.getOrDefault(imported + i, bodies.get(i)));
        }
        addedFunctions.forEach(function -> out.sized(function.body));
        return out.toByteArray();
    }
}
