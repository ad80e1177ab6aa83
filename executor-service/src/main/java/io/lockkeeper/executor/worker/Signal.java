package io.lockkeeper.executor.worker;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Wakes one waiting thread; a wake that comes before the wait is not lost. */
final class Signal {

    private final Semaphore raised = new Semaphore(0);

    void raise() {
        raised.release();
    }

    /** Returns at the next raise, after {@code longest}, or when interrupted (the flag stays set). */
    void await(Duration longest) {
        try {
            raised.tryAcquire(longest.toMillis(), TimeUnit.MILLISECONDS);
            raised.drainPermits();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
