package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.grammar.wasm.split.Instruction.Block;
import io.lockkeeper.grammar.wasm.split.Instruction.BlockKind;

/** Reads the bytes of one function into instructions, with branches that know their blocks. */
final class FunctionReader {

    /** @param locals types of the parameters and then of the other locals */
    record Function(FunctionType type, List<ValueType> locals, Block body) {}

    private static final int ELSE = 0x05;
    private static final int END = 0x0B;
    private static final int EMPTY_BLOCK = 0x40;

    private final WasmModule module;
    private final ByteReader in;
    /** The innermost block first */
    private final Deque<Block> enclosing = new ArrayDeque<>();

    private FunctionReader(WasmModule module, ByteReader in) {
        this.module = module;
        this.in = in;
    }

    static Function read(WasmModule module, int function) {
        FunctionReader reader = new FunctionReader(module, new ByteReader(module.body(function)));
        FunctionType type = module.typeOf(function);
        List<ValueType> locals = new ArrayList<>(type.parameters());
        reader.readLocals(locals);
        Block body = new Block(BlockKind.BLOCK, type.result());
        reader.readBlock(body);
        return new Function(type, locals, body);
    }

    private void readLocals(List<ValueType> locals) {
        int groups = in.number();
        for (int group = 0; group < groups; group++) {
            int count = in.number();
            ValueType type = ValueType.of(in.unsignedByte());
            for (int i = 0; i < count; i++) {
                locals.add(type);
            }
        }
    }

    private void readBlock(Block block) {
        int start = in.position();
        enclosing.push(block);
        if (readSequence(block.body) == ELSE) {
            readSequence(block.otherwise);
        }
        enclosing.pop();
        block.size(in.position() - start);
    }

    /** @return the opcode that ended the sequence, {@code else} or {@code end} */
    private int readSequence(List<Instruction> sequence) {
        while (true) {
            int start = in.position();
            int opcode = in.unsignedByte();
            if (opcode == ELSE || opcode == END) {
                return opcode;
            }
            sequence.add(readInstruction(opcode, start));
        }
    }

    private Instruction readInstruction(int opcode, int start) {
        return switch (opcode) {
            case 0x00 -> new Instruction.Unreachable();
            case 0x02 -> nested(BlockKind.BLOCK);
            case 0x03 -> nested(BlockKind.LOOP);
            case 0x04 -> nested(BlockKind.IF);
            case 0x0C -> new Instruction.Branch(enclosing(in.number()));
            case 0x0D -> new Instruction.BranchIf(enclosing(in.number()));
            case 0x0E -> branchTable();
            case 0x0F -> new Instruction.Branch(enclosing.getLast()); // return
            case 0x10 -> call(module.typeOf(in.number()), 0, start);
            case 0x11 -> indirectCall(start);
            case 0x1B -> new Instruction.Select();
            case 0x20 -> new Instruction.LocalGet(in.number());
            case 0x21 -> new Instruction.LocalSet(in.number());
            case 0x22 -> new Instruction.LocalTee(in.number());
            case 0x23 -> plain(0, Optional.of(module.typeOfGlobal(in.number())), start);
            case 0x24 -> {
                in.skipNumber();
                yield plain(1, Optional.empty(), start);
            }
            case 0xFC -> prefixed(start);
            default -> {
                PlainOpcodes.Effect effect = PlainOpcodes.effectOf(opcode)
                        .orElseThrow(() -> new UnsupportedCodeException("opcode 0x" + Integer.toHexString(opcode)));
                effect.operand().skip(in);
                yield plain(effect.pops(), effect.pushes(), start);
            }
        };
    }

    private Block nested(BlockKind kind) {
        int type = in.unsignedByte();
        if (type != EMPTY_BLOCK && type < EMPTY_BLOCK) {
            throw new UnsupportedCodeException("a block with parameters or several results");
        }
        Block block = new Block(kind, type == EMPTY_BLOCK ? Optional.empty() : Optional.of(ValueType.of(type)));
        readBlock(block);
        return block;
    }

    private Block enclosing(int depth) {
        Iterator<Block> blocks = enclosing.iterator();
        for (int i = 0; i < depth; i++) {
            blocks.next();
        }
        return blocks.next();
    }

    private Instruction branchTable() {
        int count = in.number();
        List<Block> targets = new ArrayList<>();
        for (int i = 0; i <= count; i++) {
            targets.add(enclosing(in.number()));
        }
        return new Instruction.BranchTable(targets);
    }

    private Instruction indirectCall(int start) {
        FunctionType type = module.type(in.number());
        in.skipNumber(); // table
        return call(type, 1, start);
    }

    private Instruction call(FunctionType type, int furtherOperands, int start) {
        return plain(type.parameters().size() + furtherOperands, type.result(), start);
    }

    private Instruction prefixed(int start) {
        int opcode = in.number();
        if (opcode <= 3) {
            return plain(1, Optional.of(ValueType.I32), start); // i32.trunc_sat
        }
        if (opcode <= 7) {
            return plain(1, Optional.of(ValueType.I64), start); // i64.trunc_sat
        }
        if (opcode == 10) {
            in.skip(2);
            return plain(3, Optional.empty(), start); // memory.copy
        }
        if (opcode == 11) {
            in.skip(1);
            return plain(3, Optional.empty(), start); // memory.fill
        }
        throw new UnsupportedCodeException("opcode 0xFC " + opcode);
    }

    private Instruction plain(int pops, Optional<ValueType> pushes, int start) {
        return new Instruction.Plain(in.copyFrom(start), pops, pushes);
    }
}
