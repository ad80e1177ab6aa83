package io.lockkeeper.grammar.wasm.split;

import java.io.ByteArrayOutputStream;

/** Writes WebAssembly's binary format. */
final class CodeWriter {

    private static final int EMPTY_BLOCK = 0x40;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] toByteArray() {
        return out.toByteArray();
    }

    CodeWriter bytes(int... values) {
        for (int value : values) {
            out.write(value);
        }
        return this;
    }

    CodeWriter bytes(byte[] values) {
        out.writeBytes(values);
        return this;
    }

    /** Unsigned LEB128 */
    CodeWriter number(int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            out.write(rest & 0x7F | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        return this;
    }

    /** The length of the bytes, then the bytes */
    CodeWriter sized(byte[] values) {
        return number(values.length).bytes(values);
    }

    CodeWriter i32Const(int value) {
        bytes(0x41);
        // Signed LEB128: ends when the rest is nothing but copies of the sign bit
        int rest = value;
        while (rest < -0x40 || rest >= 0x40) {
            out.write(rest & 0x7F | 0x80);
            rest >>= 7;
        }
        out.write(rest & 0x7F);
        return this;
    }

    CodeWriter i32Add() {
        return bytes(0x6A);
    }

    CodeWriter i32Sub() {
        return bytes(0x6B);
    }

    CodeWriter i32And() {
        return bytes(0x71);
    }

    CodeWriter i32ShiftRightUnsigned() {
        return bytes(0x76);
    }

    CodeWriter zero(ValueType type) {
        return switch (type) {
            case I32 -> i32Const(0);
            case I64 -> bytes(0x42, 0);
            case F32 -> bytes(0x43, 0, 0, 0, 0);
            case F64 -> bytes(0x44, 0, 0, 0, 0, 0, 0, 0, 0);
        };
    }

    CodeWriter localGet(int local) {
        return bytes(0x20).number(local);
    }

    CodeWriter localSet(int local) {
        return bytes(0x21).number(local);
    }

    CodeWriter localTee(int local) {
        return bytes(0x22).number(local);
    }

    CodeWriter globalGet(int global) {
        return bytes(0x23).number(global);
    }

    CodeWriter globalSet(int global) {
        return bytes(0x24).number(global);
    }

    CodeWriter load(ValueType type, int offset) {
        return bytes(type.loadOpcode, type.alignment).number(offset);
    }

    CodeWriter store(ValueType type, int offset) {
        return bytes(type.storeOpcode, type.alignment).number(offset);
    }

    CodeWriter call(int function) {
        return bytes(0x10).number(function);
    }

    CodeWriter block() {
        return bytes(0x02, EMPTY_BLOCK);
    }

    CodeWriter loop() {
        return bytes(0x03, EMPTY_BLOCK);
    }

    CodeWriter ifTrue() {
        return bytes(0x04, EMPTY_BLOCK);
    }

    CodeWriter end() {
        return bytes(0x0B);
    }

    CodeWriter branch(int depth) {
        return bytes(0x0C).number(depth);
    }

    CodeWriter branchIf(int depth) {
        return bytes(0x0D).number(depth);
    }

    /** @param depths the last one is where all other indexes go */
    CodeWriter branchTable(int[] depths) {
        bytes(0x0E).number(depths.length - 1);
        for (int depth : depths) {
            number(depth);
        }
        return this;
    }

    CodeWriter returnValue() {
        return bytes(0x0F);
    }

    CodeWriter unreachable() {
        return bytes(0x00);
    }
}
