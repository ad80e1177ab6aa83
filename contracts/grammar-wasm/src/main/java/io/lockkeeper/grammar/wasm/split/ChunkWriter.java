package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.grammar.wasm.split.Instruction.Block;

/**
 * Writes a chunk:
 *
 * <pre>
 * load locals from the frame
 * block $exit
 *   loop $dispatch
 *     block $2 block $1 block $0
 *       br_table (slot of the part to run) $0 $1 $2
 *     end  code of the part in slot 0
 *     end  code of the part in slot 1
 *     end  code of the part in slot 2
 *   end
 * end
 * store locals into the frame
 * the number of the next part
 * </pre>
 *
 * A jump sets the next part and branches to $dispatch for a part of the same chunk, else to $exit.
 */
final class ChunkWriter {

    private static final int FRAME = 0;
    private static final int NEXT_PART = 1;
    /** Holds a condition or an index while the values below it are moved. */
    private static final int SCRATCH = 2;
    private static final int FIRST_OWN_LOCAL = 3;

    /** What a branch can go to: an original block, or one that is written here. Compared by identity. */
    private static final class Target {}

    private final Flattening flattening;
    private final Arrangement arrangement;
    private final Frame frame;
    private final AddedCode added;
    private final Arrangement.Chunk chunk;

    private final CodeWriter out = new CodeWriter();
    private final List<ValueType> ownLocals = new ArrayList<>(List.of(ValueType.I32));
    private final Map<Integer, Integer> ownLocalOf = new HashMap<>();
    /** The innermost first */
    private final Deque<Object> enclosing = new ArrayDeque<>();
    private final Target exit = new Target();
    private final Target dispatch = new Target();

    private ChunkWriter(Flattening flattening, Arrangement arrangement, Frame frame, AddedCode added,
            Arrangement.Chunk chunk) {
        this.flattening = flattening;
        this.arrangement = arrangement;
        this.frame = frame;
        this.added = added;
        this.chunk = chunk;
    }

    /** @return the number of the function that was added */
    static int add(Arrangement.Chunk chunk, Flattening flattening, Arrangement arrangement, Frame frame,
            AddedCode added) {
        ChunkWriter writer = new ChunkWriter(flattening, arrangement, frame, added, chunk);
        writer.writeChunk();
        return added.addChunk(writer.ownLocals, writer.out);
    }

    private void writeChunk() {
        chunk.touched().stream().forEach(local -> {
            ownLocalOf.put(local, FIRST_OWN_LOCAL + ownLocalOf.size());
            ownLocals.add(flattening.locals().get(local));
        });
        chunk.loads().stream().forEach(local -> {
            out.localGet(FRAME);
            frame.load(out, local);
            out.localSet(ownLocalOf.get(local));
        });
        out.block();
        enclosing.push(exit);
        out.loop();
        enclosing.push(dispatch);
        writeDispatch();
        for (int slot = 0; slot < chunk.parts().size(); slot++) {
            close();
            writePart(chunk.parts().get(slot), slot);
        }
        out.unreachable();
        close();
        close();
        chunk.stores().stream().forEach(local -> {
            out.localGet(FRAME).localGet(ownLocalOf.get(local));
            frame.store(out, local);
        });
        out.localGet(NEXT_PART).end();
    }

    private void writeDispatch() {
        int[] depths = new int[chunk.parts().size()];
        for (int slot = 0; slot < depths.length; slot++) {
            out.block();
            enclosing.push(new Target());
            depths[slot] = slot;
        }
        out.localGet(NEXT_PART).i32Const(Arrangement.SLOTS - 1).i32And().branchTable(depths);
    }

    private void writePart(Part part, int slot) {
        write(part.code);
        part.next.ifPresent(next -> {
            boolean follows = slot + 1 < chunk.parts().size() && chunk.parts().get(slot + 1) == next;
            if (!follows) {
                jump(next);
            }
        });
    }

    private void write(List<Instruction> sequence) {
        for (Instruction instruction : sequence) {
            if (instruction instanceof Instruction.Plain plain) {
                out.bytes(plain.code());
            } else if (instruction instanceof Instruction.Select) {
                out.bytes(0x1B);
            } else if (instruction instanceof Instruction.LocalGet get) {
                out.localGet(ownLocalOf.get(get.local()));
            } else if (instruction instanceof Instruction.LocalSet set) {
                out.localSet(ownLocalOf.get(set.local()));
            } else if (instruction instanceof Instruction.LocalTee tee) {
                out.localTee(ownLocalOf.get(tee.local()));
            } else if (instruction instanceof Instruction.Unreachable) {
                out.unreachable();
            } else if (instruction instanceof Block block) {
                writeBlock(block);
            } else if (instruction instanceof Instruction.Branch branch) {
                writeBranch(branch);
            } else if (instruction instanceof Instruction.BranchIf branch) {
                writeBranchIf(branch);
            } else if (instruction instanceof Instruction.BranchTable table) {
                writeBranchTable(table);
            } else if (instruction instanceof Instruction.EnterIf enter) {
                jumpIf(enter.target());
            }
        }
    }

    private void writeBlock(Block block) {
        out.bytes(block.kind.opcode, block.result.map(type -> type.code).orElse(0x40));
        enclosing.push(block);
        write(block.body);
        if (!block.otherwise.isEmpty()) {
            out.bytes(0x05);
            write(block.otherwise);
        }
        close();
    }

    private void writeBranch(Instruction.Branch branch) {
        Optional<Flattening.Label> label = flattening.label(branch.target());
        if (label.isEmpty()) {
            out.branch(depth(branch.target()));
            return;
        }
        label.get().result().ifPresent(local -> out.localSet(ownLocalOf.get(local)));
        jump(label.get().part());
    }

    private void writeBranchIf(Instruction.BranchIf branch) {
        Optional<Flattening.Label> label = flattening.label(branch.target());
        if (label.isEmpty()) {
            out.branchIf(depth(branch.target()));
            return;
        }
        // The value stays on the stack when the branch is not taken.
        label.get().result().ifPresent(
                local -> out.localSet(SCRATCH).localTee(ownLocalOf.get(local)).localGet(SCRATCH));
        jumpIf(label.get().part());
    }

    private void writeBranchTable(Instruction.BranchTable table) {
        List<Optional<Flattening.Label>> labels = table.targets().stream().map(flattening::label).toList();
        if (Resolver.serves(table, flattening)) {
            List<Integer> parts = labels.stream().map(label -> arrangement.number(label.orElseThrow().part())).toList();
            out.call(Resolver.add(parts, added)).localSet(NEXT_PART).branch(depth(exit));
            return;
        }
        List<Integer> results = labels.stream().flatMap(Optional::stream).map(Flattening.Label::result)
                .flatMap(Optional::stream).distinct().toList();
        if (!results.isEmpty() && labels.contains(Optional.<Flattening.Label>empty())) {
            throw new UnsupportedCodeException("a br_table that carries a value to a large block and to a small one");
        }
        out.localSet(SCRATCH);
        moveTopOfStackTo(results);
        Map<Part, Target> targetOfPart = new LinkedHashMap<>();
        labels.stream().flatMap(Optional::stream)
                .forEach(label -> targetOfPart.putIfAbsent(label.part(), new Target()));
        List<Part> parts = new ArrayList<>(targetOfPart.keySet());
        for (Part part : parts) {
            out.block();
            enclosing.push(targetOfPart.get(part));
        }
        int[] depths = new int[labels.size()];
        for (int i = 0; i < depths.length; i++) {
            depths[i] = depth(labels.get(i).<Object>map(label -> targetOfPart.get(label.part()))
                    .orElse(table.targets().get(i)));
        }
        out.localGet(SCRATCH).branchTable(depths);
        for (int i = parts.size() - 1; i >= 0; i--) {
            close();
            jump(parts.get(i));
        }
    }

    private void moveTopOfStackTo(List<Integer> locals) {
        for (int i = 0; i < locals.size(); i++) {
            if (i > 0) {
                out.localGet(ownLocalOf.get(locals.get(0)));
            }
            out.localSet(ownLocalOf.get(locals.get(i)));
        }
    }

    private void jumpIf(Part part) {
        out.ifTrue();
        enclosing.push(new Target());
        jump(part);
        close();
    }

    private void jump(Part part) {
        boolean stays = arrangement.inSameChunk(part, chunk.parts().get(0));
        out.i32Const(arrangement.number(part)).localSet(NEXT_PART).branch(depth(stays ? dispatch : exit));
    }

    private int depth(Object target) {
        int depth = 0;
        for (Object candidate : enclosing) {
            if (candidate == target) {
                return depth;
            }
            depth++;
        }
        throw new IllegalStateException("A branch leaves the block that it is in");
    }

    private void close() {
        out.end();
        enclosing.pop();
    }
}
