package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Code that is entered at its beginning alone, with nothing on the operand stack. Compared by identity. */
final class Part {

    final List<Instruction> code = new ArrayList<>();
    /** Where control goes from the end of the code; empty when it never gets there. */
    Optional<Part> next = Optional.empty();
    private int size;

    void add(Instruction instruction) {
        code.add(instruction);
        size += instruction.size();
    }

    int size() {
        return size;
    }

    boolean endsControl() {
        return !code.isEmpty() && code.get(code.size() - 1).endsSequence();
    }
}
