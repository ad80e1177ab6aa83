package io.lockkeeper.executor.backfill;

import java.time.Duration;

/** Blocks (or rows, by key) of the next batch: follows the time that the last ones took. Not thread-safe. */
final class BatchSize {

    static final int SMALLEST = 1;
    static final int LARGEST = 65_536;
    private static final double MOST_GROWTH = 2.0;
    private static final double MOST_SHRINK = 0.5;

    private final long few;
    private final Duration most;
    private long blocks;

    /** @param most time of a batch that is never too long: one of few blocks, where it is the way to the server and back
     *              that takes the time, would not get quicker by fewer */
    BatchSize(long first, Duration most) {
        this.blocks = first;
        this.few = first / 2;
        this.most = most;
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
        long wanted = Math.round(blocks * Math.max(MOST_SHRINK, Math.min(MOST_GROWTH, ratio)));
        // A target below the way to the server and back is never met: without the way up, each slow batch would count for good.
        set(duration.compareTo(most) > 0 ? wanted : Math.max(wanted, Math.min(Math.round(blocks * MOST_GROWTH), few)));
    }

    /** The batch waited for others, or took too long, and was rolled back. */
    void failed() {
        set(blocks / 2);
    }

    private void set(long wanted) {
        blocks = Math.max(SMALLEST, Math.min(LARGEST, wanted));
    }
}
