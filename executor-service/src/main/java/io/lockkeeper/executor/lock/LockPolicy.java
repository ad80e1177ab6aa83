package io.lockkeeper.executor.lock;

import java.time.Duration;
import java.util.List;

import io.lockkeeper.messages.Policy;

/**
 * How long to queue for a lock that makes the application wait, and how to try again.
 *
 * @param ladder           {@code lock_timeout} of the first attempts; the last rung serves for all later ones
 * @param statementTimeout bounds each statement, and with the lock's wait the whole transaction by a watchdog outside
 * @param attempts         after so many it fails closed
 * @param deadline         or after so long, looking included
 * @param look             time between two looks at who holds the lock, while somebody does
 * @param longestSleep     between two attempts
 * @param blockers         who may be ended
 * @param watchdog         deadline of steps that may run for hours (CREATE INDEX CONCURRENTLY, VALIDATE)
 */
public record LockPolicy(List<Duration> ladder, Duration statementTimeout, int attempts, Duration deadline,
        Duration look, Duration longestSleep, Duration watchdog, BlockerPolicy blockers) {

    private static final List<Duration> LADDER = List.of(Duration.ofMillis(50), Duration.ofMillis(100),
            Duration.ofMillis(200), Duration.ofMillis(400));

    /** Above {@code deadlock_timeout} (1 s by default): an ordinary autovacuum yields to us after that. */
    static final Duration AUTOVACUUM_YIELDS = Duration.ofMillis(2500);

    public LockPolicy {
        ladder = List.copyOf(ladder);
    }

    /** The ladder within the policy's lock budget; the demonstration profile does not sleep for a minute. */
    public static LockPolicy of(Policy policy) {
        boolean demo = policy.profile().equals("demo");
        return new LockPolicy(
                LADDER.stream().map(rung -> rung.compareTo(policy.lockBudget()) > 0 ? policy.lockBudget() : rung)
                        .toList(),
                Duration.ofSeconds(5), 30, Duration.ofMinutes(40), Duration.ofMillis(demo ? 250 : 1000),
                demo ? Duration.ofSeconds(2) : Duration.ofSeconds(60), Duration.ofHours(4),
                BlockerPolicy.NOBODY);
    }

    public LockPolicy ending(BlockerPolicy others) {
        return new LockPolicy(ladder, statementTimeout, attempts, deadline, look, longestSleep, watchdog, others);
    }

    /** @param attempt counts from 1 */
    public Duration rung(int attempt) {
        return ladder.get(Math.min(attempt, ladder.size()) - 1);
    }

    /**
     * {@code min(longest, max(5 × lock_timeout, 2^n s)) × uniform(0.5, 1.5)}: long enough that those who queued behind us
     * are through.
     *
     * @param random uniform in [0, 1)
     */
    public Duration sleep(int attempt, double random) {
        long exponential = 1000L << Math.min(attempt, 20);
        long millis = Math.min(longestSleep.toMillis(), Math.max(5 * rung(attempt).toMillis(), exponential));
        return Duration.ofMillis(Math.round(millis * (0.5 + random)));
    }
}
