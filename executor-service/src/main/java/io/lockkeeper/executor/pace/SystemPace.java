package io.lockkeeper.executor.pace;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** The machine's clock. */
public final class SystemPace implements Pace {

    private final Clock clock = Clock.systemUTC();

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public void pause(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0 && !Thread.currentThread().isInterrupted(); left = end
                - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public double random() {
        return ThreadLocalRandom.current().nextDouble();
    }
}
