package io.lockkeeper.executor.throttle;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;

import io.lockkeeper.target.Session;

/**
 * What a small transaction of the application feels of us: a tiny durable transaction of our own, timed while workers go
 * on and while all of them rest. The two are compared with each other, so that neither the machine nor the hour matters.
 * Not thread-safe.
 */
final class Pulse {

    private static final int WINDOW = 100;
    private static final int ENOUGH = 40;

    private final Deque<Double> working = new ArrayDeque<>();
    private final Deque<Double> resting = new ArrayDeque<>();

    /** Waits for WAL to reach the disk, as a commit does; nobody reads what it writes. */
    static double beat(Session session) {
        long start = System.nanoTime();
        session.query("SELECT pg_logical_emit_message(true, 'lockkeeper.pulse', '')");
        return (System.nanoTime() - start) / 1e6;
    }

    /** @param atWork whether workers go on, in a batch or in the rest after one */
    void add(boolean atWork, double millis) {
        Deque<Double> window = atWork ? working : resting;
        window.addLast(millis);
        if (window.size() > WINDOW) {
            window.removeFirst();
        }
    }

    /** How many times longer it takes while we work; empty until both were felt often enough. */
    OptionalDouble burden() {
        return working.size() < ENOUGH || resting.size() < ENOUGH
                ? OptionalDouble.empty()
                : OptionalDouble.of(high(working) / Math.max(0.2, high(resting)));
    }

    /** Of a speed that is no longer ours. */
    void forgetWork() {
        working.clear();
    }

    /** High enough to feel what meets few transactions only, not so high that one outlier decides. */
    private static double high(Deque<Double> window) {
        List<Double> sorted = window.stream().sorted().toList();
        return sorted.get(sorted.size() * 19 / 20);
    }
}
