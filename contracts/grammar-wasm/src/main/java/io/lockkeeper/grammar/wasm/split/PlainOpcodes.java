package io.lockkeeper.grammar.wasm.split;

import static io.lockkeeper.grammar.wasm.split.ValueType.F32;
import static io.lockkeeper.grammar.wasm.split.ValueType.F64;
import static io.lockkeeper.grammar.wasm.split.ValueType.I32;
import static io.lockkeeper.grammar.wasm.split.ValueType.I64;

import java.util.List;
import java.util.Optional;

/** The opcodes that take and give the same number of values whatever stands around them, in ranges of equal effect. */
final class PlainOpcodes {

    /** What follows the opcode. */
    enum Operand {
        NONE, MEMORY_ADDRESS, MEMORY_INDEX, NUMBER, FOUR_BYTES, EIGHT_BYTES;

        void skip(ByteReader in) {
            switch (this) {
                case NONE -> {
                }
                case MEMORY_ADDRESS -> {
                    in.skipNumber(); // alignment
                    in.skipNumber(); // offset
                }
                case MEMORY_INDEX, NUMBER -> in.skipNumber();
                case FOUR_BYTES -> in.skip(4);
                case EIGHT_BYTES -> in.skip(8);
            }
        }
    }

    record Effect(int first, int last, Operand operand, int pops, Optional<ValueType> pushes) {}

    private static final List<Effect> EFFECTS = List.of(
            // nop, drop
            takes(0x01, 0x01, Operand.NONE, 0), takes(0x1A, 0x1A, Operand.NONE, 1),
            // loads
            gives(0x28, 0x28, Operand.MEMORY_ADDRESS, 1, I32), gives(0x29, 0x29, Operand.MEMORY_ADDRESS, 1, I64),
            gives(0x2A, 0x2A, Operand.MEMORY_ADDRESS, 1, F32), gives(0x2B, 0x2B, Operand.MEMORY_ADDRESS, 1, F64),
            gives(0x2C, 0x2F, Operand.MEMORY_ADDRESS, 1, I32), gives(0x30, 0x35, Operand.MEMORY_ADDRESS, 1, I64),
            // stores
            takes(0x36, 0x3E, Operand.MEMORY_ADDRESS, 2),
            // memory.size, memory.grow
            gives(0x3F, 0x3F, Operand.MEMORY_INDEX, 0, I32), gives(0x40, 0x40, Operand.MEMORY_INDEX, 1, I32),
            // constants
            gives(0x41, 0x41, Operand.NUMBER, 0, I32), gives(0x42, 0x42, Operand.NUMBER, 0, I64),
            gives(0x43, 0x43, Operand.FOUR_BYTES, 0, F32), gives(0x44, 0x44, Operand.EIGHT_BYTES, 0, F64),
            // comparisons: i32, i64 (each beginning with eqz), f32, f64
            gives(0x45, 0x45, Operand.NONE, 1, I32), gives(0x46, 0x4F, Operand.NONE, 2, I32),
            gives(0x50, 0x50, Operand.NONE, 1, I32), gives(0x51, 0x66, Operand.NONE, 2, I32),
            // arithmetic: with one operand, with two
            gives(0x67, 0x69, Operand.NONE, 1, I32), gives(0x6A, 0x78, Operand.NONE, 2, I32),
            gives(0x79, 0x7B, Operand.NONE, 1, I64), gives(0x7C, 0x8A, Operand.NONE, 2, I64),
            gives(0x8B, 0x91, Operand.NONE, 1, F32), gives(0x92, 0x98, Operand.NONE, 2, F32),
            gives(0x99, 0x9F, Operand.NONE, 1, F64), gives(0xA0, 0xA6, Operand.NONE, 2, F64),
            // conversions
            gives(0xA7, 0xAB, Operand.NONE, 1, I32), gives(0xAC, 0xB1, Operand.NONE, 1, I64),
            gives(0xB2, 0xB6, Operand.NONE, 1, F32), gives(0xB7, 0xBB, Operand.NONE, 1, F64),
            // reinterpretations
            gives(0xBC, 0xBC, Operand.NONE, 1, I32), gives(0xBD, 0xBD, Operand.NONE, 1, I64),
            gives(0xBE, 0xBE, Operand.NONE, 1, F32), gives(0xBF, 0xBF, Operand.NONE, 1, F64),
            // sign extensions
            gives(0xC0, 0xC1, Operand.NONE, 1, I32), gives(0xC2, 0xC4, Operand.NONE, 1, I64));

    private PlainOpcodes() {}

    static Optional<Effect> effectOf(int opcode) {
        return EFFECTS.stream().filter(effect -> effect.first <= opcode && opcode <= effect.last).findFirst();
    }

    private static Effect takes(int first, int last, Operand operand, int pops) {
        return new Effect(first, last, operand, pops, Optional.empty());
    }

    private static Effect gives(int first, int last, Operand operand, int pops, ValueType pushes) {
        return new Effect(first, last, operand, pops, Optional.of(pushes));
    }
}
