package io.lockkeeper.grammar.wasm.split;

/** The types of WebAssembly's values, as far as C needs them. */
enum ValueType {
    I32(0x7F, 0x28, 0x36, 2), I64(0x7E, 0x29, 0x37, 3), F32(0x7D, 0x2A, 0x38, 2), F64(0x7C, 0x2B, 0x39, 3);

    final int code;
    final int loadOpcode;
    final int storeOpcode;
    /** As loads and stores write it: 2 to the power of it is the number of bytes. */
    final int alignment;

    ValueType(int code, int loadOpcode, int storeOpcode, int alignment) {
        this.code = code;
        this.loadOpcode = loadOpcode;
        this.storeOpcode = storeOpcode;
        this.alignment = alignment;
    }

    static ValueType of(int code) {
        for (ValueType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new UnsupportedCodeException("value type 0x" + Integer.toHexString(code));
    }
}
