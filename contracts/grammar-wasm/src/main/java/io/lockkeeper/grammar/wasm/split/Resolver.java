package io.lockkeeper.grammar.wasm.split;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A large {@code br_table}, such as the parser's switch over thousands of grammar rules, as functions that turn the index
 * into the number of the part to run. One chunk could not hold a jump per case; so there is one function per
 * {@value #GROUP} cases, and one that chooses among them.
 */
final class Resolver {

    private static final int SMALLEST_TABLE = 40;
    private static final int GROUP_BITS = 7;
    private static final int GROUP = 1 << GROUP_BITS;
    private static final int INDEX = 0;

    private Resolver() {}

    /** @return whether the table is large, all its targets are parts, and none of them takes a value */
    static boolean serves(Instruction.BranchTable table, Flattening flattening) {
        return table.targets().size() > SMALLEST_TABLE
                && table.targets().stream().map(flattening::label)
                        .allMatch(label -> label.isPresent() && label.get().result().isEmpty());
    }

    /**
     * @param parts numbers of the parts by index, and last the one for all other indexes
     * @return the number of the function that chooses among them
     */
    static int add(List<Integer> parts, AddedCode added) {
        int cases = parts.size() - 1;
        int otherwise = parts.get(cases);
        List<Integer> groups = new ArrayList<>();
        for (int start = 0; start < cases; start += GROUP) {
            groups.add(addGroup(parts.subList(start, Math.min(start + GROUP, cases)), otherwise, added));
        }
        CodeWriter out = new CodeWriter();
        int[] depths = new int[groups.size() + 1];
        for (int i = 0; i < depths.length; i++) {
            out.block();
            depths[i] = i;
        }
        out.localGet(INDEX).i32Const(GROUP_BITS).i32ShiftRightUnsigned().branchTable(depths);
        for (int group : groups) {
            out.end().localGet(INDEX).i32Const(GROUP - 1).i32And().call(group).returnValue();
        }
        out.end().i32Const(otherwise).end();
        return added.addResolver(out);
    }

    private static int addGroup(List<Integer> parts, int otherwise, AddedCode added) {
        Map<Integer, Integer> depthOfPart = new LinkedHashMap<>();
        depthOfPart.put(otherwise, 0);
        parts.forEach(part -> depthOfPart.putIfAbsent(part, depthOfPart.size()));
        int[] depths = new int[parts.size() + 1];
        for (int i = 0; i < parts.size(); i++) {
            depths[i] = depthOfPart.get(parts.get(i));
        }
        CodeWriter out = new CodeWriter();
        depthOfPart.keySet().forEach(part -> out.block());
        out.localGet(INDEX).branchTable(depths);
        depthOfPart.keySet().forEach(part -> out.end().i32Const(part).returnValue());
        return added.addResolver(out.unreachable().end());
    }
}
