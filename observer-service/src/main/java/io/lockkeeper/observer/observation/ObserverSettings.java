package io.lockkeeper.observer.observation;

import java.time.Duration;

/**
 * @param poll         time between two looks at the ledger of a target with an open run
 * @param idlePoll     the same without an open run
 * @param sampling     time between two looks at sessions and lock waits
 * @param slotDeadline longest wait for running transactions when a slot is made
 * @param walCap       bytes of WAL that our slot may retain before we drop it ourselves
 * @param compare      time that one judgement may spend on comparing rows
 * @param health       length of the window in which health is judged
 * @param resend       time after which a verdict that the ledger does not show is said again
 */
public record ObserverSettings(Duration poll, Duration idlePoll, Duration sampling, Duration slotDeadline, long walCap,
        Duration compare, Duration health, Duration resend) {

    /** Time between two readings of the statistics. */
    public Duration counters() {
        return sampling.multipliedBy(2);
    }

    /** Time between two readings of what routines were called. */
    Duration routines() {
        return sampling.multipliedBy(60);
    }

    /** Between two looks further apart than this, a caller may come and go unseen. */
    Duration gap() {
        Duration many = sampling.multipliedBy(20);
        Duration least = Duration.ofSeconds(10);
        return many.compareTo(least) > 0 ? many : least;
    }
}
