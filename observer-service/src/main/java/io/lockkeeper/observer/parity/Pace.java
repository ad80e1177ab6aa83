package io.lockkeeper.observer.parity;

import java.time.Duration;

/** How much one statement of a compare takes: what the server answers in about a fifth of a second. */
final class Pace {

    private static final Duration AIM = Duration.ofMillis(200);

    private final long most;
    private long size;

    Pace(long first, long most) {
        this.size = first;
        this.most = most;
    }

    long size() {
        return size;
    }

    void took(long nanos) {
        if (nanos < AIM.toNanos() / 2) {
            size = Math.min(most, size * 2);
        } else if (nanos > AIM.toNanos() * 2) {
            size = Math.max(1, size / 2);
        }
    }

    /** @return whether the next statement can take less than this one, which ran into its timeout */
    boolean less(long tried) {
        size = Math.max(1, tried / 4);
        return tried > 1;
    }
}
