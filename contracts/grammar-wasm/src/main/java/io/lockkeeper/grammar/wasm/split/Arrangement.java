package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Gathers parts into chunks, numbers them, and finds what each chunk reads from the frame and writes to it. */
final class Arrangement {

    /** The lower bits of a part's number are its slot in its chunk, the upper bits are the chunk. */
    static final int SLOT_BITS = 6;
    static final int SLOTS = 1 << SLOT_BITS;

    /** The number that a chunk returns to end the function; as an unsigned chunk it is beyond all others. */
    static final int FINISH = -1;

    /** A part needs some code around it: its slot in the table, its jumps. */
    private static final int BYTES_AROUND_PART = 10;

    /**
     * @param touched locals that the chunk must have
     * @param loads locals to be read from the frame on entry
     * @param stores locals to be written to the frame on exit
     */
    record Chunk(List<Part> parts, BitSet touched, BitSet loads, BitSet stores) {}

    private final List<Chunk> chunks = new ArrayList<>();
    private final Map<Part, Integer> numbers = new IdentityHashMap<>();

    Arrangement(Flattening flattening, Liveness liveness, int chunkBytes) {
        numbers.put(flattening.finish(), FINISH);
        List<List<Part>> groups = group(flattening.parts(), chunkBytes);
        for (int chunk = 0; chunk < groups.size(); chunk++) {
            for (int slot = 0; slot < groups.get(chunk).size(); slot++) {
                numbers.put(groups.get(chunk).get(slot), chunk << SLOT_BITS | slot);
            }
        }
        groups.forEach(parts -> chunks.add(chunk(parts, liveness)));
    }

    List<Chunk> chunks() {
        return chunks;
    }

    int number(Part part) {
        return numbers.get(part);
    }

    boolean inSameChunk(Part one, Part other) {
        return number(one) >> SLOT_BITS == number(other) >> SLOT_BITS;
    }

    private static List<List<Part>> group(List<Part> parts, int chunkBytes) {
        List<List<Part>> groups = new ArrayList<>();
        List<Part> group = new ArrayList<>();
        int size = 0;
        for (Part part : parts) {
            int needed = part.size() + BYTES_AROUND_PART;
            if (!group.isEmpty() && (group.size() == SLOTS || size + needed > chunkBytes)) {
                groups.add(group);
                group = new ArrayList<>();
                size = 0;
            }
            group.add(part);
            size += needed;
        }
        groups.add(group);
        return groups;
    }

    /**
     * Storing a local that was written on some paths only is safe: on the others its value was loaded, because then the
     * part at whose exit it is needed needs it too.
     */
    private Chunk chunk(List<Part> parts, Liveness liveness) {
        BitSet touched = new BitSet();
        BitSet loads = new BitSet();
        BitSet written = new BitSet();
        BitSet neededOutside = new BitSet();
        for (Part part : parts) {
            LocalUse use = liveness.use(part);
            touched.or(use.touched);
            written.or(use.written);
            loads.or(liveness.neededBy(part));
            for (LocalUse.Exit exit : use.exits) {
                if (exit.throughTrampoline() || !inSameChunk(part, exit.target())) {
                    neededOutside.or(liveness.neededBy(exit.target()));
                }
            }
        }
        loads.and(touched);
        BitSet stores = written;
        stores.and(neededOutside);
        return new Chunk(List.copyOf(parts), touched, loads, stores);
    }
}
