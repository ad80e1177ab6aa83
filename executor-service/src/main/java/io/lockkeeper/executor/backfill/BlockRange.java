package io.lockkeeper.executor.backfill;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of a relation's blocks, and how far it is done: one cursor row of the ledger.
 *
 * @param number    of the range within the step
 * @param end       exclusive
 * @param next      first block that is not done in this pass
 * @param rows      changed by all passes
 * @param passRows  changed by this pass
 * @param fileNode  the relation's file when the range was made: another file means other blocks
 */
public record BlockRange(int number, int pass, long first, long end, long next, long rows, long passRows,
        long fileNode) {

    boolean finished() {
        return next >= end;
    }

    BlockRange advanced(long to, long changed) {
        return new BlockRange(number, pass, first, end, to, rows + changed, passRows + changed, fileNode);
    }

    /**
     * Ranges for a relation of {@code blocks} blocks, one per worker.
     *
     * @param from number of the first range
     */
    static List<BlockRange> split(int from, int pass, long blocks, int workers, long fileNode) {
        List<BlockRange> ranges = new ArrayList<>();
        long share = (blocks + workers - 1) / workers;
        for (int index = 0; index < workers; index++) {
            long first = Math.min(blocks, index * share);
            long end = Math.min(blocks, first + share);
            ranges.add(new BlockRange(from + index, pass, first, end, first, 0, 0, fileNode));
        }
        return ranges;
    }
}
