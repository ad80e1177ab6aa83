package io.lockkeeper.cli.demo;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/** What the workload's connections count; safe for all of them at once. */
final class Tally {

    private final LongAdder statements = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder healed = new LongAdder();
    private final Map<String, LongAdder> states = new ConcurrentHashMap<>();
    private final AtomicReference<String> firstFailure = new AtomicReference<>();
    private final AtomicReference<Stall> longest = new AtomicReference<>(Stall.NONE);

    /** The slowest statement and what it was; {@code at} on the nano clock. */
    record Stall(Duration took, String statement, long at) {

        private static final Stall NONE = new Stall(Duration.ZERO, "none", 0);

        long millis() {
            return took.toMillis();
        }
    }

    void ran(String statement, long beganNanos) {
        statements.increment();
        waited(statement, beganNanos);
    }

    /** A COMMIT is no statement of the shop, but its customers wait for it all the same. */
    void waited(String statement, long beganNanos) {
        Duration took = Duration.ofNanos(System.nanoTime() - beganNanos);
        if (took.compareTo(longest.get().took()) > 0) {
            Stall stall = new Stall(took, statement, beganNanos);
            longest.accumulateAndGet(stall, (one, other) -> one.took().compareTo(other.took()) >= 0 ? one : other);
        }
    }

    void healed() {
        healed.increment();
    }

    /** Of the message only the server's first line: what follows may hold row data. */
    void failed(String application, SQLException failure) {
        failed.increment();
        String state = String.valueOf(failure.getSQLState());
        states.computeIfAbsent(state, any -> new LongAdder()).increment();
        String message = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        firstFailure.compareAndSet(null, application + ": " + state + " " + message);
    }

    /** Begins a new window for the longest stall and returns the last one's. */
    Stall nextWindow() {
        return longest.getAndSet(Stall.NONE);
    }

    Stall longest() {
        return longest.get();
    }

    long statements() {
        return statements.sum();
    }

    long failures() {
        return failed.sum();
    }

    long heals() {
        return healed.sum();
    }

    /** Failures by SQLSTATE. */
    Map<String, Long> states() {
        Map<String, Long> sums = new TreeMap<>();
        states.forEach((state, count) -> sums.put(state, count.sum()));
        return sums;
    }

    Optional<String> firstFailure() {
        return Optional.ofNullable(firstFailure.get());
    }
}
