package io.lockkeeper.grammar.wasm.split;

import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Finds, for every part, the locals whose values it or a part behind it reads before writing them. */
final class Liveness {

    private final Map<Part, LocalUse> uses = new IdentityHashMap<>();
    private final Map<Part, BitSet> neededBy = new IdentityHashMap<>();

    Liveness(Flattening flattening) {
        List<Part> parts = flattening.parts();
        for (Part part : parts) {
            LocalUse use = new LocalUse(part, flattening);
            uses.put(part, use);
            neededBy.put(part, (BitSet) use.readFirst.clone());
        }
        BitSet neededAtFinish = new BitSet();
        flattening.result().ifPresent(neededAtFinish::set);
        neededBy.put(flattening.finish(), neededAtFinish);

        boolean changed = true;
        while (changed) {
            changed = false;
            // Needs travel against control flow, so going backwards takes few rounds.
            for (int i = parts.size() - 1; i >= 0; i--) {
                changed |= takeOverNeedsOfSuccessors(parts.get(i));
            }
        }
    }

    LocalUse use(Part part) {
        return uses.get(part);
    }

    /** @return locals whose values must be there when the part is entered */
    BitSet neededBy(Part part) {
        return neededBy.get(part);
    }

    private boolean takeOverNeedsOfSuccessors(Part part) {
        BitSet needed = neededBy.get(part);
        int before = needed.cardinality();
        for (LocalUse.Exit exit : use(part).exits) {
            BitSet neededThere = (BitSet) neededBy.get(exit.target()).clone();
            neededThere.andNot(exit.written());
            needed.or(neededThere);
        }
        return needed.cardinality() != before;
    }
}
