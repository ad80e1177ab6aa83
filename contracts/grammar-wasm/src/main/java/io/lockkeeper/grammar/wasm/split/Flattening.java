package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.grammar.wasm.split.Instruction.Block;
import io.lockkeeper.grammar.wasm.split.Instruction.BlockKind;

/**
 * Cuts a function into parts. Large blocks are dissolved: their beginning (of a loop) or end becomes the beginning of a
 * part, and branches to them become jumps to it. Whatever lies on the operand stack where a block is dissolved, and the
 * value that a block leaves there, goes through additional locals.
 */
final class Flattening {

    /** @param result the local that takes the value which a branch to the label carries */
    record Label(Part part, Optional<Integer> result) {}

    private final int blockBytes;
    private final List<ValueType> locals;
    private final List<Part> parts = new ArrayList<>();
    private final Map<Block, Label> labels = new IdentityHashMap<>();
    private final Part finish = new Part();
    private final Optional<Integer> result;
    private Part current;

    Flattening(FunctionReader.Function function, int blockBytes) {
        this.blockBytes = blockBytes;
        locals = new ArrayList<>(function.locals());
        result = function.body().result.map(this::newLocal);
        labels.put(function.body(), new Label(finish, result));
        current = begin(new Part());
        flatten(function.body().body);
        continueAt(finish, result);
    }

    /** @return in the order of the code, which is the order in which they best share chunks; the entry first */
    List<Part> parts() {
        return parts;
    }

    /** @return not one of the parts: jumping there ends the function */
    Part finish() {
        return finish;
    }

    /** @return the local that holds the function's result when it ends */
    Optional<Integer> result() {
        return result;
    }

    /** @return types of the parameters, of the function's locals and of those that were added */
    List<ValueType> locals() {
        return locals;
    }

    /** @return where branches to a block go, if it was dissolved */
    Optional<Label> label(Block block) {
        return Optional.ofNullable(labels.get(block));
    }

    private void flatten(List<Instruction> sequence) {
        OperandStack operands = new OperandStack(locals);
        for (Instruction instruction : sequence) {
            if (instruction instanceof Block block && block.size() > blockBytes) {
                dissolve(block, operands);
            } else {
                if (operands.isEmpty() && current.size() > blockBytes) {
                    Part following = new Part();
                    current.next = Optional.of(following);
                    current = begin(following);
                }
                current.add(instruction);
                if (instruction.endsSequence()) {
                    return;
                }
                operands.apply(instruction);
            }
        }
    }

    private void dissolve(Block block, OperandStack operands) {
        Optional<ValueType> condition = block.kind == BlockKind.IF ? Optional.of(operands.pop()) : Optional.empty();
        List<Integer> saved = save(operands, condition);
        Optional<Integer> blockResult = block.result.map(this::newLocal);
        Part end = new Part();
        switch (block.kind) {
            case BLOCK -> {
                labels.put(block, new Label(end, blockResult));
                flatten(block.body);
            }
            case LOOP -> {
                Part head = new Part();
                current.next = Optional.of(head);
                current = begin(head);
                labels.put(block, new Label(head, Optional.empty()));
                flatten(block.body);
            }
            case IF -> {
                labels.put(block, new Label(end, blockResult));
                Part then = new Part();
                Part otherwise = block.otherwise.isEmpty() ? end : new Part();
                current.add(new Instruction.EnterIf(then));
                current.next = Optional.of(otherwise);
                current = begin(then);
                flatten(block.body);
                if (otherwise != end) {
                    continueAt(end, blockResult);
                    current = begin(otherwise);
                    flatten(block.otherwise);
                }
            }
        }
        continueAt(end, blockResult);
        current = begin(end);
        restore(saved, operands);
        blockResult.ifPresent(local -> {
            current.add(new Instruction.LocalGet(local));
            operands.push(locals.get(local));
        });
    }

    /** Moves the stack into locals, the condition on top of it excepted. @return the locals, the top of the stack last */
    private List<Integer> save(OperandStack operands, Optional<ValueType> condition) {
        List<Integer> saved = new ArrayList<>();
        if (operands.isEmpty()) {
            return saved;
        }
        Optional<Integer> savedCondition = condition.map(this::newLocal);
        savedCondition.ifPresent(local -> current.add(new Instruction.LocalSet(local)));
        while (!operands.isEmpty()) {
            int local = newLocal(operands.pop());
            current.add(new Instruction.LocalSet(local));
            saved.add(0, local);
        }
        savedCondition.ifPresent(local -> current.add(new Instruction.LocalGet(local)));
        return saved;
    }

    private void restore(List<Integer> saved, OperandStack operands) {
        for (int local : saved) {
            current.add(new Instruction.LocalGet(local));
            operands.push(locals.get(local));
        }
    }

    /** Control that reaches the end of the current part goes on at another one, which finds the value in a local. */
    private void continueAt(Part part, Optional<Integer> value) {
        if (!current.endsControl()) {
            value.ifPresent(local -> current.add(new Instruction.LocalSet(local)));
            current.next = Optional.of(part);
        }
    }

    private Part begin(Part part) {
        parts.add(part);
        return part;
    }

    private int newLocal(ValueType type) {
        locals.add(type);
        return locals.size() - 1;
    }
}
