package io.lockkeeper.executor.backfill;

import java.time.Duration;

/**
 * How fast data is moved.
 *
 * @param workers      sessions over disjoint block ranges
 * @param batchTarget  time that one batch should take; its number of blocks adapts
 * @param nice         least rest after a batch, as a share of the batch's time; the throttle may ask for more
 * @param mostNice     what it may ask for at most
 * @param processors   of the database server, to judge its running sessions by; 0 where unknown
 * @param badRows      that cannot be set and are set aside in the ledger; with one more the step fails
 * @param firstBlocks  blocks of the first batch
 * @param lockTimeout  a batch that waits for row locks gives way after this: together with a batch's time less than the
 *                     server's {@code deadlock_timeout} (1 s by default), or a deadlock with the application could end the
 *                     application's statement instead of the batch
 * @param batchTimeout and is given up after this
 */
public record BackfillPolicy(int workers, Duration batchTarget, double nice, double mostNice, int processors,
        int badRows,
        int firstBlocks, Duration lockTimeout,
        Duration batchTimeout) {

    /** A batch holds its row locks until it commits, and the application waits behind them: short ones, well below the
     * lock budget. Begun small, because nobody knows yet how much a block costs. */
    public static final BackfillPolicy DEFAULT = new BackfillPolicy(2, Duration.ofMillis(100), 0, 10, 0, 0, 8,
            Duration.ofMillis(300), Duration.ofSeconds(10));

    public BackfillPolicy {
        if (workers < 1 || firstBlocks < 1 || nice < 0 || mostNice < 0) {
            throw new IllegalArgumentException(
                    "a backfill needs at least 1 worker, 1 block and a nice ratio that is not negative");
        }
    }

    public BackfillPolicy on(int newProcessors) {
        return new BackfillPolicy(workers, batchTarget, nice, mostNice, newProcessors, badRows, firstBlocks,
                lockTimeout,
                batchTimeout);
    }

    public BackfillPolicy leaving(int newBadRows) {
        return new BackfillPolicy(workers, batchTarget, nice, mostNice, processors, newBadRows, firstBlocks,
                lockTimeout,
                batchTimeout);
    }

    public BackfillPolicy with(int newWorkers) {
        return with(newWorkers, nice);
    }

    public BackfillPolicy with(int newWorkers, double newNice) {
        return new BackfillPolicy(newWorkers, batchTarget, newNice, mostNice, processors, badRows, firstBlocks,
                lockTimeout,
                batchTimeout);
    }
}
