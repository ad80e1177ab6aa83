package io.lockkeeper.grammar.wasm.split;

import java.util.BitSet;
import java.util.List;

/** Where a running function keeps, on the module's stack, the locals that cross from one chunk to another. */
final class Frame {

    private static final int SLOT_BYTES = 8;
    /** C expects the stack pointer to be a multiple of it. */
    private static final int ALIGNMENT = 16;

    private final BitSet kept = new BitSet();
    private final List<ValueType> types;

    Frame(Flattening flattening, Arrangement arrangement) {
        types = flattening.locals();
        for (Arrangement.Chunk chunk : arrangement.chunks()) {
            kept.or(chunk.loads());
            kept.or(chunk.stores());
        }
        flattening.result().ifPresent(kept::set);
    }

    int bytes() {
        return (kept.cardinality() * SLOT_BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** The value of the local replaces the address of the frame on the operand stack. */
    void load(CodeWriter out, int local) {
        out.load(types.get(local), offset(local));
    }

    /** Takes the value and the address of the frame below it from the operand stack. */
    void store(CodeWriter out, int local) {
        out.store(types.get(local), offset(local));
    }

    private int offset(int local) {
        if (!kept.get(local)) {
            throw new IllegalArgumentException("Local " + local + " never leaves a chunk");
        }
        return SLOT_BYTES * kept.get(0, local).cardinality();
    }
}
