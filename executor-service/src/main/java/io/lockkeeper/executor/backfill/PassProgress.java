package io.lockkeeper.executor.backfill;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What the workers of a pass tell each other and whoever reports: how far they are, and whether to stop. */
final class PassProgress {

    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicInteger batches = new AtomicInteger();
    private final Set<Integer> ended = ConcurrentHashMap.newKeySet();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong rows = new AtomicLong();

    /** @param doneBefore blocks, or rows that were looked at; {@code rowsBefore} that were changed */
    void begin(long doneBefore, long rowsBefore) {
        stop.set(false);
        ended.clear();
        done.set(doneBefore);
        rows.set(rowsBefore);
    }

    void add(long moreDone, long moreRows) {
        done.addAndGet(moreDone);
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

    void ended(int worker) {
        ended.add(worker);
    }

    /** How many workers with a lower number still have something to do. */
    int before(int worker) {
        return worker - (int) ended.stream().filter(other -> other < worker).count();
    }

    /** After the batch that runs. */
    void stop() {
        stop.set(true);
    }

    boolean stopped() {
        return stop.get();
    }

    long done() {
        return done.get();
    }

    /** Changed by all passes. */
    long rows() {
        return rows.get();
    }
}
