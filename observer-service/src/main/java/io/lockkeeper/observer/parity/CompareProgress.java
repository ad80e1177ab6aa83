package io.lockkeeper.observer.parity;

import java.util.List;

import io.lockkeeper.messages.Lsn;

/**
 * How far a compare has come; kept, so that it goes on after a restart.
 *
 * @param trigger   fingerprint of the synchronising trigger when the compare began; empty where the pair has none
 * @param started   WAL position that every compared block has at least seen
 * @param rows      compared so far
 * @param differing rows that differed when they were read
 */
public record CompareProgress(String trigger, Lsn started, List<Range> ranges, long rows, long differing) {

    /** Blocks of one table: {@code next} is the first that was not compared, {@code blocks} the end when it began. */
    public record Range(RowCompare.Extent extent, long next) {

        boolean done() {
            return next >= extent.blocks();
        }
    }

    public CompareProgress {
        ranges = List.copyOf(ranges);
    }

    public boolean complete() {
        return ranges.stream().allMatch(Range::done);
    }

    int percent() {
        long total = ranges.stream().mapToLong(range -> range.extent().blocks()).sum();
        long done = ranges.stream().mapToLong(range -> Math.min(range.next(), range.extent().blocks())).sum();
        return total == 0 ? 100 : (int) (100 * done / total);
    }
}
