package io.lockkeeper.executor.backfill;

import java.time.Duration;

import io.lockkeeper.executor.pace.Pace;
import io.lockkeeper.executor.throttle.Governor;

/** When one worker may begin its next batch. */
final class Turn {

    private static final Duration SLICE = Duration.ofMillis(10);

    private final BackfillPolicy policy;
    private final Pace pace;
    private final PassProgress progress;
    private final Governor governor;
    private final int number;

    /** @param number counts from 0: of those that have something to do, the throttle holds the last first */
    Turn(BackfillPolicy policy, Pace pace, PassProgress progress, Governor governor, int number) {
        this.policy = policy;
        this.pace = pace;
        this.progress = progress;
        this.governor = governor;
        this.number = number;
    }

    /** Waits until the throttle lets this worker go on; false if the step stops. */
    boolean await() {
        while (!progress.stopped() && governor.speed().workers() <= progress.before(number)) {
            pace.pause(SLICE);
        }
        return !progress.stopped();
    }

    /** Time that a batch should take now. */
    Duration batchTarget() {
        return Duration.ofNanos(Math.round(policy.batchTarget().toNanos() * governor.speed().batch()));
    }

    /** In slices: a pause of the run, or another speed, is felt at once. */
    void rest(Duration took) {
        long start = System.nanoTime();
        while (!progress.stopped()) {
            double share = Math.max(policy.nice(), governor.speed().rest());
            long left = Math.round(took.toNanos() * share) - (System.nanoTime() - start);
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return;
            }
            pace.pause(Duration.ofNanos(Math.min(left, SLICE.toNanos())));
        }
    }

    /** @param failures of batches, one after the other, that gave way to somebody */
    void giveWay(int failures) {
        pace.pause(Duration.ofMillis(
                Math.round(Math.min(5_000, 50L << Math.min(failures, 10)) * (0.5 + pace.random()))));
    }
}
