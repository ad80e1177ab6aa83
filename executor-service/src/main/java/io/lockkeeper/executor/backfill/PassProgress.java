package io.lockkeeper.executor.backfill;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the workers of a pass tell each other and whoever reports: how far they are, and whether to stop. */
final class PassProgress {

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger batches = new AtomicInteger();
    private final AtomicLong blocks = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();

    void begin(List<BlockRange> ranges) {
        stop.set(false);
        blocks.set(ranges.stream().mapToLong(range -> range.next() - range.first()).sum());
        rows.set(ranges.stream().mapToLong(BlockRange::rows).sum());
    }

    void add(long moreBlocks, long moreRows) {
        blocks.addAndGet(moreBlocks);
        rows.addAndGet(moreRows);
    }

    void batchBegins() {
        batches.incrementAndGet();
    }

    void batchEnds() {
        batches.decrementAndGet();
    }

    /** Some batch runs now. */
    boolean atWork() {
        return batches.get() > 0;
    }

    /** After the batch that runs. */
    void stop() {
        stop.set(true);
    }

    boolean stopped() {
        return stop.get();
    }

    long blocks() {
        return blocks.get();
    }

    /** Changed by all passes. */
    long rows() {
        return rows.get();
    }
}
