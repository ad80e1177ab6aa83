package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayList;
import java.util.List;

/** Turns one function into chunks and the trampoline that drives them. */
final class FunctionSplitter {

    private final SplitLimits limits;
    private final int stackPointer;
    private final AddedCode added;

    /** @param stackPointer the global that points to the end of the module's stack, which grows downwards */
    FunctionSplitter(SplitLimits limits, int stackPointer, AddedCode added) {
        this.limits = limits;
        this.stackPointer = stackPointer;
        this.added = added;
    }

    /** @return the trampoline, with which to replace the function's body */
    byte[] split(FunctionReader.Function function) {
        Flattening flattening = new Flattening(function, limits.blockBytes());
        Liveness liveness = new Liveness(flattening);
        Arrangement arrangement = new Arrangement(flattening, liveness, limits.chunkBytes());
        Frame frame = new Frame(flattening, arrangement);
        List<Integer> chunks = new ArrayList<>();
        for (Arrangement.Chunk chunk : arrangement.chunks()) {
            chunks.add(ChunkWriter.add(chunk, flattening, arrangement, frame, added));
        }
        return trampoline(function, flattening, liveness, arrangement, frame, chunks);
    }

    private byte[] trampoline(FunctionReader.Function function, Flattening flattening, Liveness liveness,
            Arrangement arrangement, Frame frame, List<Integer> chunks) {
        int parameters = function.type().parameters().size();
        int frameAddress = parameters;
        int nextPart = parameters + 1;
        Part entry = flattening.parts().get(0);
        CodeWriter out = new CodeWriter();

        out.globalGet(stackPointer).i32Const(frame.bytes()).i32Sub().localTee(frameAddress).globalSet(stackPointer);
        liveness.neededBy(entry).stream().forEach(local -> {
            out.localGet(frameAddress);
            if (local < parameters) {
                out.localGet(local);
            } else {
                // Read before it is written, on some path: WebAssembly promises zero.
                out.zero(flattening.locals().get(local));
            }
            frame.store(out, local);
        });

        out.i32Const(arrangement.number(entry)).localSet(nextPart);
        // loop; a block whose end is behind the last part; one block per chunk, the first one innermost
        out.loop().block();
        int[] depths = new int[chunks.size() + 1];
        for (int chunk = 0; chunk < chunks.size(); chunk++) {
            out.block();
        }
        for (int i = 0; i < depths.length; i++) {
            depths[i] = i;
        }
        out.localGet(nextPart).i32Const(Arrangement.SLOT_BITS).i32ShiftRightUnsigned().branchTable(depths);
        for (int chunk = 0; chunk < chunks.size(); chunk++) {
            int depthOfLoop = chunks.size() - chunk;
            out.end().localGet(frameAddress).localGet(nextPart).call(chunks.get(chunk)).localSet(nextPart)
                    .branch(depthOfLoop);
        }
        out.end().end();

        out.localGet(frameAddress).i32Const(frame.bytes()).i32Add().globalSet(stackPointer);
        flattening.result().ifPresent(local -> {
            out.localGet(frameAddress);
            frame.load(out, local);
        });
        return AddedCode.body(List.of(ValueType.I32, ValueType.I32), out.end());
    }
}
