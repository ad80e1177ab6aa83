package io.lockkeeper.executor.backfill;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

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

    /** This worker has no batch left, or has stopped. */
    void ended(int worker) {
        ended.add(worker);
    }

    /** Workers that are still at it and come before this one where not all may go. */
    long before(int worker) {
        return IntStream.range(0, worker).filter(other -> !ended.contains(other)).count();
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

    long done() {
        return done.get();
    }

    /** Changed by all passes. */
    long rows() {
        return rows.get();
    }
}
