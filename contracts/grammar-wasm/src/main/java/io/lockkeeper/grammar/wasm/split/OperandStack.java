package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The types of the values that lie on the operand stack while a sequence of instructions is followed. */
final class OperandStack {

    private final List<ValueType> locals;
    private final Deque<ValueType> types = new ArrayDeque<>();

    /** @param locals types of the function's locals; may grow later */
    OperandStack(List<ValueType> locals) {
        this.locals = locals;
    }

    boolean isEmpty() {
        return types.isEmpty();
    }

    void push(ValueType type) {
        types.push(type);
    }

    ValueType pop() {
        return types.pop();
    }

    /** @param instruction not one that ends the sequence: behind it, nothing is known of the stack */
    void apply(Instruction instruction) {
        if (instruction instanceof Instruction.Plain plain) {
            apply(plain.pops(), plain.pushes());
        } else if (instruction instanceof Instruction.Select) {
            pop();
            pop(); // of the same type as the other one, which stays as the result
        } else if (instruction instanceof Instruction.LocalGet get) {
            push(locals.get(get.local()));
        } else if (instruction instanceof Instruction.LocalSet || instruction instanceof Instruction.BranchIf) {
            pop();
        } else if (instruction instanceof Instruction.Block block) {
            apply(block.kind == Instruction.BlockKind.IF ? 1 : 0, block.result);
        }
        // LocalTee leaves the stack as it was.
    }

    private void apply(int pops, Optional<ValueType> pushes) {
        for (int i = 0; i < pops; i++) {
            pop();
        }
        pushes.ifPresent(this::push);
    }
}
