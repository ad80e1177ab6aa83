package io.lockkeeper.executor.throttle;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

import io.lockkeeper.executor.throttle.Limits.Level;

/**
 * Decides the speed from what is read: all there is while nobody else uses the database, else as much as the workload
 * does not feel. A pure state machine: reading and time come from outside.
 */
final class Throttle {

    static final Duration MISSING_SLOWS = Duration.ofSeconds(30);
    static final Duration MISSING_PAUSES = Duration.ofMinutes(2);

    /** The workload may feel so much of us, in times of its usual latency; faster only while it feels less than ease. */
    private static final double BEARABLE = 1.25;
    private static final double EASE = 1.1;
    /** Its WAL meets a commit of others all at once. */
    private static final double LEAST_BATCH = 0.02;
    /** Somebody may wait for a row of the batch: too rare to be felt by any sample. */
    private static final double MOST_BATCH = 0.3;
    private static final double LEAST_REST = 0.5;

    private final int workers;
    private final Set<String> hooks;
    private final Map<String, Level> levels = new HashMap<>();
    private final Map<String, Instant> lastRead = new HashMap<>();
    private final Pulse pulse;
    private final double mostRest;
    private double batch = LEAST_BATCH;
    private double rest;

    /**
     * @param mostRest after a batch, as a share of its time: begun with, and however much the workload feels, so fast it
     *                 goes on
     * @param hooks    names of those that are configured: they count as missing from the first look on
     */
    Throttle(int workers, double mostRest, Set<String> hooks, Pulse pulse) {
        this.hooks = Set.copyOf(hooks);
        this.mostRest = mostRest;
        this.rest = mostRest;
        this.workers = workers;
        this.pulse = pulse;
    }

    Speed look(Readings readings, Instant now) {
        List<String> pausing = new ArrayList<>();
        List<String> slowing = new ArrayList<>();
        for (Signal signal : Signal.values()) {
            judge(signal.reason(), signal.limits(), readings.values().get(signal), now, pausing, slowing);
        }
        for (String hook : hooks) {
            lastRead.putIfAbsent(hook, now);
            judge(hook, Limits.HOOK, readings.hooks().get(hook), now, pausing, slowing);
        }
        if (!pausing.isEmpty()) {
            return new Speed(0, LEAST_BATCH, mostRest, pausing);
        }
        boolean quiet = readings.others().isPresent() && readings.others().get() == 0;
        if (quiet && slowing.isEmpty()) {
            return new Speed(workers, 1, 0, List.of());
        }
        adapt(slowing);
        return new Speed(rest > 1 || !slowing.isEmpty() ? 1 : workers, batch, rest, slowing);
    }

    private void adapt(List<String> slowing) {
        double least = Math.min(mostRest, LEAST_REST);
        OptionalDouble burden = pulse.burden();
        boolean felt = burden.isPresent() && burden.getAsDouble() > BEARABLE;
        boolean eased = burden.isPresent() && burden.getAsDouble() < EASE;
        if (felt) {
            slowing.add("latency");
        }
        // Shorter batches first: they cost little speed. Only then more rest between them, which costs it all.
        if (felt && batch > LEAST_BATCH) {
            set(Math.max(LEAST_BATCH, batch / 2), rest);
        } else if (!slowing.isEmpty()) {
            set(batch, Math.min(mostRest, rest * 1.3));
        } else if (eased && rest > least) {
            set(batch, Math.max(least, rest * 0.8));
        } else if (eased) {
            set(Math.min(MOST_BATCH, batch * 1.2), rest);
        }
    }

    /** What was felt at another speed says nothing about this one. */
    private void set(double newBatch, double newRest) {
        if (newBatch != batch || newRest != rest) {
            pulse.forgetWork();
        }
        batch = newBatch;
        rest = newRest;
    }

    private void judge(String reason, Limits limits, Double value, Instant now, List<String> pausing,
            List<String> slowing) {
        Level level = level(reason, limits, value, now);
        if (level == Level.PAUSE) {
            pausing.add(reason);
        } else if (level == Level.SLOW) {
            slowing.add(reason);
        }
    }

    private Level level(String reason, Limits limits, Double value, Instant now) {
        Level last = levels.getOrDefault(reason, Level.CLEAR);
        if (value != null) {
            lastRead.put(reason, now);
            levels.put(reason, limits.next(last, value));
            return levels.get(reason);
        }
        // A signal that was never readable is what doctor and preflight say; no longer readable is a signal of its own.
        Duration missing = Duration.between(lastRead.getOrDefault(reason, now), now);
        if (missing.compareTo(MISSING_PAUSES) >= 0) {
            return Level.PAUSE;
        }
        return missing.compareTo(MISSING_SLOWS) >= 0 && last == Level.CLEAR ? Level.SLOW : last;
    }
}
