package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A module with one random function {@code f(i32, i64) -> i32}, made of nested blocks, loops, branches of all kinds,
 * calls, and values that wait on the operand stack while blocks run. Each loop burns fuel, so the function ends.
 */
final class RandomModule {

    /** Parameters, then locals of all types; the last two are set up by the generator itself. */
    private static final List<ValueType> LOCALS = List.of(ValueType.I32, ValueType.I64, ValueType.I32, ValueType.I32,
            ValueType.I64, ValueType.F64, ValueType.F32, ValueType.I32);
    private static final int PARAMETERS = 2;
    private static final int FUEL = LOCALS.size() - 1;
    private static final int STACK_TOP = 65_536;
    private static final int SCRATCH_MEMORY = 64;

    /** @param carries the type of the value that a branch to the label takes along */
    private record Label(Optional<ValueType> carries) {}

    private final Random random;
    private final CodeWriter out = new CodeWriter();
    /** The innermost first */
    private final Deque<Label> enclosing = new ArrayDeque<>();
    private int budget;

    private RandomModule(long seed, int instructions) {
        random = new Random(seed);
        budget = instructions;
    }

    static byte[] generate(long seed, int instructions) {
        RandomModule module = new RandomModule(seed, instructions);
        module.enclosing.push(new Label(Optional.of(ValueType.I32)));
        module.out.i32Const(60).localSet(FUEL);
        while (module.budget > 0) {
            module.statement(0);
        }
        module.value(ValueType.I32, 0);
        return module(module.out.end());
    }

    /** @param code of f, whose locals are those of this class */
    static byte[] module(CodeWriter code) {
        CodeWriter module = new CodeWriter().bytes(0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0);
        // 0: f, 1: what it calls, 2: reader of the stack pointer
        section(module, 1, types -> types.number(3).bytes(0x60, 2, 0x7F, 0x7E, 1, 0x7F)
                .bytes(0x60, 2, 0x7F, 0x7F, 1, 0x7F).bytes(0x60, 0, 1, 0x7F));
        section(module, 3, functions -> functions.number(3).bytes(0, 1, 2));
        section(module, 5, memory -> memory.number(1).bytes(0).number(1));
        section(module, 6, globals -> globals.number(1).bytes(0x7F, 1).i32Const(STACK_TOP).bytes(0x0B));
        section(module, 7, exports -> exports.number(2).bytes(1, 'f', 0, 0).bytes(2, 's', 'p', 0, 2));
        List<ValueType> locals = LOCALS.subList(PARAMETERS, LOCALS.size());
        section(module, 10, bodies -> bodies.number(3).sized(AddedCode.body(locals, code))
                .sized(AddedCode.body(List.of(), new CodeWriter().localGet(0).localGet(1).i32Sub().end()))
                .sized(AddedCode.body(List.of(), new CodeWriter().globalGet(0).end())));
        return module.toByteArray();
    }

    private static void section(CodeWriter module, int id, Consumer<CodeWriter> content) {
        CodeWriter section = new CodeWriter();
        content.accept(section);
        module.bytes(id).sized(section.toByteArray());
    }

    private void statement(int depth) {
        budget--;
        switch (depth > 6 ? random.nextInt(4) : random.nextInt(12)) {
            case 0, 1 -> {
                int local = random.nextInt(FUEL);
                value(LOCALS.get(local), depth + 1);
                out.localSet(local);
            }
            case 2 -> {
                value(anyType(), depth + 1);
                out.bytes(0x1A); // drop
            }
            case 3 -> {
                ValueType type = anyType();
                out.i32Const(8 * random.nextInt(SCRATCH_MEMORY / 8));
                value(type, depth + 1);
                out.store(type, 0);
            }
            case 4, 5 -> block(0x02, Optional.empty(), depth);
            case 6 -> block(0x03, Optional.empty(), depth);
            case 7, 8 -> {
                value(ValueType.I32, depth + 1);
                block(0x04, Optional.empty(), depth);
            }
            case 9 -> conditionalBranch(depth);
            case 10 -> inBlock(depth, () -> {
                int target = random.nextInt(enclosing.size());
                carried(label(target), depth);
                out.branch(target);
            });
            default -> inBlock(depth, () -> table(depth));
        }
    }

    /** What ends its sequence stands in a block of its own, so that code goes on behind it. */
    private void inBlock(int depth, Runnable ending) {
        value(ValueType.I32, depth + 1);
        out.ifTrue();
        enclosing.push(new Label(Optional.empty()));
        ending.run();
        enclosing.pop();
        out.end();
    }

    private void conditionalBranch(int depth) {
        int target = random.nextInt(enclosing.size());
        Label label = label(target);
        carried(label, depth);
        value(ValueType.I32, depth + 1);
        out.branchIf(target);
        label.carries.ifPresent(type -> out.bytes(0x1A)); // it stays when the branch is not taken
    }

    private void table(int depth) {
        List<Integer> targets = new ArrayList<>();
        for (int target = 0; target < enclosing.size(); target++) {
            if (label(target).carries.isEmpty()) {
                targets.add(target);
            }
        }
        if (random.nextInt(4) == 0) {
            targets = List.of(random.nextInt(enclosing.size()));
        }
        int[] depths = new int[1 + random.nextInt(random.nextBoolean() ? 6 : 200)];
        for (int i = 0; i < depths.length; i++) {
            depths[i] = targets.get(random.nextInt(targets.size()));
        }
        carried(label(depths[0]), depth);
        value(ValueType.I32, depth + 1);
        out.i32Const(0xFF).i32And().branchTable(depths);
    }

    private void carried(Label label, int depth) {
        label.carries.ifPresent(type -> value(type, depth + 1));
    }

    private Label label(int depth) {
        return enclosing.stream().skip(depth).findFirst().orElseThrow();
    }

    private void block(int opcode, Optional<ValueType> result, int depth) {
        out.bytes(opcode, result.map(type -> type.code).orElse(0x40));
        boolean loop = opcode == 0x03;
        enclosing.push(new Label(loop ? Optional.empty() : result));
        if (loop) {
            burnFuel();
        }
        sequence(result, depth);
        if (opcode == 0x04 && (result.isPresent() || random.nextBoolean())) {
            out.bytes(0x05);
            sequence(result, depth);
        }
        enclosing.pop();
        out.end();
    }

    private void sequence(Optional<ValueType> result, int depth) {
        int statements = random.nextInt(5);
        for (int i = 0; i < statements && budget > 0; i++) {
            statement(depth + 1);
        }
        result.ifPresent(type -> value(type, depth + 1));
    }

    private void burnFuel() {
        out.localGet(FUEL).i32Const(1).i32Sub().localTee(FUEL).bytes(0x45).ifTrue().i32Const(77).returnValue().end();
    }

    private void value(ValueType type, int depth) {
        budget--;
        switch (depth > 6 || budget < 0 ? random.nextInt(3) : random.nextInt(11)) {
            case 0 -> constant(type);
            case 1, 2 -> localOf(type, false, depth);
            case 3, 4, 5 -> {
                value(type, depth + 1);
                value(type, depth + 1);
                add(type);
            }
            case 6 -> localOf(type, true, depth);
            case 7 -> {
                value(type, depth + 1);
                value(type, depth + 1);
                value(ValueType.I32, depth + 1);
                out.bytes(0x1B); // select
            }
            case 8 -> block(random.nextBoolean() ? 0x02 : 0x03, Optional.of(type), depth);
            case 9 -> {
                value(ValueType.I32, depth + 1);
                block(0x04, Optional.of(type), depth);
            }
            default -> converted(type, depth);
        }
    }

    private void constant(ValueType type) {
        if (type == ValueType.I32) {
            out.i32Const(random.nextInt(300) - 150);
        } else {
            out.zero(type);
        }
    }

    private void localOf(ValueType type, boolean tee, int depth) {
        List<Integer> candidates = new ArrayList<>();
        for (int local = 0; local < FUEL; local++) {
            if (LOCALS.get(local) == type) {
                candidates.add(local);
            }
        }
        int local = candidates.get(random.nextInt(candidates.size()));
        if (tee) {
            value(type, depth + 1);
            out.localTee(local);
        } else {
            out.localGet(local);
        }
    }

    private void add(ValueType type) {
        out.bytes(switch (type) {
            case I32 -> 0x6A;
            case I64 -> 0x7C;
            case F32 -> 0x92;
            case F64 -> 0xA0;
        });
    }

    private void converted(ValueType type, int depth) {
        switch (type) {
            case I32 -> {
                value(ValueType.I32, depth + 1);
                value(ValueType.I32, depth + 1);
                out.call(1);
            }
            case I64 -> {
                value(ValueType.I32, depth + 1);
                out.bytes(0xAC); // i64.extend_i32_s
            }
            case F32 -> {
                value(ValueType.I32, depth + 1);
                out.bytes(0xB2); // f32.convert_i32_s
            }
            case F64 -> {
                value(ValueType.I64, depth + 1);
                out.bytes(0xB9); // f64.convert_i64_s
            }
        }
    }

    private ValueType anyType() {
        return ValueType.values()[random.nextInt(ValueType.values().length)];
    }
}
