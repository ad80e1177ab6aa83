package io.lockkeeper.embedded;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A point in monotonic time until which a condition of another process is polled. */
public record Deadline(long nanos) {

    private static final long POLL = Duration.ofMillis(10).toNanos();

    public static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    public boolean passed() {
        return System.nanoTime() - nanos >= 0;
    }

    /**
     * True as soon as the condition holds, false when the deadline passed without it. An interrupt does not shorten the
     * wait, which is bounded: a server that is given up half-started or half-stopped would be left behind.
     */
    public boolean await(BooleanSupplier condition) {
        var interrupted = false;
        try {
            while (!condition.getAsBoolean()) {
                if (passed()) {
                    return condition.getAsBoolean();
                }
                LockSupport.parkNanos(POLL);
                interrupted |= Thread.interrupted();
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
