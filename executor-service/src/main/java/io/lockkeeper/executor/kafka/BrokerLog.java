package io.lockkeeper.executor.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

import io.quarkus.logging.LoggingFilter;

/**
 * What Kafka's client and connector say while a broker is away: one line a minute of each kind, without stack traces, of
 * which they print one for each message otherwise. Nothing is lost: the relay keeps the events and says so itself.
 */
@LoggingFilter(name = "broker")
public final class BrokerLog implements Filter {

    private static final long INTERVAL = Duration.ofMinutes(1).toNanos();

    private final Map<String, Long> said = new ConcurrentHashMap<>();

    @Override
    public boolean isLoggable(LogRecord line) {
        String logger = String.valueOf(line.getLoggerName());
        if (!logger.startsWith("org.apache.kafka") && !logger.startsWith("io.smallrye.reactive.messaging")) {
            return true;
        }
        boolean trouble = line.getThrown() != null || line.getLevel().intValue() >= java.util.logging.Level.WARNING
                .intValue();
        if (!trouble) {
            return true;
        }
        if (line.getThrown() != null) {
            line.setMessage(line.getMessage() + ": " + line.getThrown());
            line.setThrown(null);
        }
        long now = System.nanoTime();
        boolean[] first = new boolean[1];
        // The pattern, not the formatted text, which names nodes and offsets.
        said.compute(logger + line.getSourceMethodName() + kind(line), (key, last) -> {
            first[0] = last == null || now - last > INTERVAL;
            return first[0] ? now : last;
        });
        return first[0];
    }

    /** Digits tell two lines of one kind apart: node and message numbers. */
    private static String kind(LogRecord line) {
        return String.valueOf(line.getMessage()).replaceAll("[0-9]+", "#");
    }
}
