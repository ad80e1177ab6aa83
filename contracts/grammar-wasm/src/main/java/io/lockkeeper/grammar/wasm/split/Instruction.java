package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An instruction of a function: those that direct control or access locals by their meaning, all others as bytes. */
sealed interface Instruction {

    /** @return bytes in the original, the yardstick of all limits */
    int size();

    /** @return whether control never reaches what is written behind it */
    default boolean endsSequence() {
        return false;
    }

    /** Anything that touches neither control flow nor locals; copied as it is. */
    record Plain(byte[] code, int pops, Optional<ValueType> pushes) implements Instruction {

        @Override
        public int size() {
            return code.length;
        }
    }

    /** The one plain instruction whose type depends on its operands: takes two values and a choice, gives a value. */
    record Select() implements Instruction {

        @Override
        public int size() {
            return 1;
        }
    }

    record LocalGet(int local) implements Instruction {

        @Override
        public int size() {
            return 2;
        }
    }

    record LocalSet(int local) implements Instruction {

        @Override
        public int size() {
            return 2;
        }
    }

    /** Sets the local and leaves the value on the stack. */
    record LocalTee(int local) implements Instruction {

        @Override
        public int size() {
            return 2;
        }
    }

    record Branch(Block target) implements Instruction {

        @Override
        public int size() {
            return 2;
        }

        @Override
        public boolean endsSequence() {
            return true;
        }
    }

    record BranchIf(Block target) implements Instruction {

        @Override
        public int size() {
            return 2;
        }
    }

    /** @param targets the last one is where all other indexes go */
    record BranchTable(List<Block> targets) implements Instruction {

        public BranchTable {
            targets = List.copyOf(targets);
        }

        @Override
        public int size() {
            return 2 + targets.size();
        }

        @Override
        public boolean endsSequence() {
            return true;
        }
    }

    record Unreachable() implements Instruction {

        @Override
        public int size() {
            return 1;
        }

        @Override
        public boolean endsSequence() {
            return true;
        }
    }

    /** Not in any file: what is left of an {@code if} whose branches became parts. Takes the condition. */
    record EnterIf(Part target) implements Instruction {

        @Override
        public int size() {
            return 8;
        }
    }

    enum BlockKind {
        BLOCK(0x02), LOOP(0x03), IF(0x04);

        final int opcode;

        BlockKind(int opcode) {
            this.opcode = opcode;
        }
    }

    /**
     * Instructions between a beginning and an {@code end}. A branch to it goes to its end, or to its beginning if it is a
     * loop. The body of a function is a block too, and a branch to that returns. Compared by identity.
     */
    final class Block implements Instruction {

        final BlockKind kind;
        final Optional<ValueType> result;
        final List<Instruction> body = new ArrayList<>();
        final List<Instruction> otherwise = new ArrayList<>();
        private int size;

        Block(BlockKind kind, Optional<ValueType> result) {
            this.kind = kind;
            this.result = result;
        }

        @Override
        public int size() {
            return size;
        }

        void size(int bytes) {
            size = bytes;
        }
    }
}
