package io.lockkeeper.executor.backfill;

import java.time.Duration;

/** Blocks of the next batch: follows the time that the last ones took. Not thread-safe. */
final class BatchSize {

    static final int SMALLEST = 1;
    static final int LARGEST = 65_536;
    private static final double MOST_GROWTH = 2.0;
    private static final double MOST_SHRINK = 0.5;

    private long blocks;

    BatchSize(long first) {
        this.blocks = first;
    }

    long blocks() {
        return blocks;
    }

    /**
     * @param asked  blocks of the batch: the last one of a range is smaller and says little
     * @param target time that the next one should take
     */
    void took(long asked, Duration duration, Duration target) {
        if (asked < blocks) {
            return;
        }
        double ratio = (double) target.toNanos() / Math.max(1, duration.toNanos());
        set(Math.round(blocks * Math.max(MOST_SHRINK, Math.min(MOST_GROWTH, ratio))));
    }

    /** The batch waited for others, or took too long, and was rolled back. */
    void failed() {
        set(blocks / 2);
    }

    private void set(long wanted) {
        blocks = Math.max(SMALLEST, Math.min(LARGEST, wanted));
    }
}
