package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.grammar.wasm.split.Instruction.Block;

/** What one part does to the locals of its function. */
final class LocalUse {

    /**
     * @param written locals that are certainly written between the beginning of the part and this exit
     * @param throughTrampoline whether it leaves the chunk even if the target is in the same one
     */
    record Exit(Part target, BitSet written, boolean throughTrampoline) {}

    /** Read or written anywhere */
    final BitSet touched = new BitSet();
    /** Written anywhere, perhaps only on some paths */
    final BitSet written = new BitSet();
    /** Read on some path before being written on it */
    final BitSet readFirst = new BitSet();
    final List<Exit> exits = new ArrayList<>();

    private final Flattening flattening;

    LocalUse(Part part, Flattening flattening) {
        this.flattening = flattening;
        BitSet certain = new BitSet();
        follow(part.code, certain);
        part.next.ifPresent(next -> exits.add(new Exit(next, certain, false)));
    }

    /** @param certain locals written so far on every path; grows */
    private void follow(List<Instruction> sequence, BitSet certain) {
        for (Instruction instruction : sequence) {
            if (instruction instanceof Instruction.LocalGet get) {
                read(get.local(), certain);
            } else if (instruction instanceof Instruction.LocalSet set) {
                write(set.local(), certain);
            } else if (instruction instanceof Instruction.LocalTee tee) {
                write(tee.local(), certain);
            } else if (instruction instanceof Block block) {
                // What is written inside may be passed over by a branch: nothing is certain behind the block.
                follow(block.body, (BitSet) certain.clone());
                follow(block.otherwise, (BitSet) certain.clone());
            } else if (instruction instanceof Instruction.Branch branch) {
                leave(List.of(branch.target()), certain, false);
            } else if (instruction instanceof Instruction.BranchIf branch) {
                leave(List.of(branch.target()), certain, false);
            } else if (instruction instanceof Instruction.BranchTable table) {
                leave(table.targets(), certain, Resolver.serves(table, flattening));
            } else if (instruction instanceof Instruction.EnterIf enter) {
                exits.add(new Exit(enter.target(), (BitSet) certain.clone(), false));
            }
        }
    }

    private void leave(List<Block> targets, BitSet certain, boolean throughTrampoline) {
        List<Flattening.Label> labels = targets.stream().distinct().map(flattening::label).flatMap(Optional::stream)
                .toList();
        labels.forEach(label -> label.result().ifPresent(local -> write(local, certain)));
        labels.forEach(label -> exits.add(new Exit(label.part(), (BitSet) certain.clone(), throughTrampoline)));
    }

    private void read(int local, BitSet certain) {
        touched.set(local);
        if (!certain.get(local)) {
            readFirst.set(local);
        }
    }

    private void write(int local, BitSet certain) {
        touched.set(local);
        written.set(local);
        certain.set(local);
    }
}
