package io.lockkeeper.executor.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.LogRecord;

import org.junit.jupiter.api.Test;

class BrokerLogTest {

    private final BrokerLog filter = new BrokerLog();

    @Test
    void troubleWithTheBrokerIsOneLineWithoutStackTrace() {
        LogRecord first = line("io.smallrye.reactive.messaging.kafka", Level.SEVERE, "cannot send message 17");
        first.setThrown(new IllegalStateException("timed out"));

        assertThat(filter.isLoggable(first)).isTrue();
        assertThat(first.getThrown()).isNull();
        assertThat(first.getMessage()).contains("cannot send message 17").contains("timed out");
    }

    @Test
    void sameKindOfTroubleIsSaidOnceAMinute() {
        assertThat(filter.isLoggable(line("org.apache.kafka.clients.NetworkClient", Level.WARNING, "node -1 is away")))
                .isTrue();
        assertThat(filter.isLoggable(line("org.apache.kafka.clients.NetworkClient", Level.WARNING, "node -2 is away")))
                .isFalse();
        assertThat(filter.isLoggable(line("org.apache.kafka.clients.NetworkClient", Level.WARNING, "bad password")))
                .isTrue();
    }

    @Test
    void ourOwnLinesAndTheirGoodNewsPass() {
        LogRecord ours = line("io.lockkeeper.executor.outbox.Relay", Level.SEVERE, "it broke");
        ours.setThrown(new IllegalStateException("why"));
        for (int times = 0; times < 3; times++) {
            assertThat(filter.isLoggable(ours)).isTrue();
            assertThat(filter.isLoggable(line("org.apache.kafka.clients.Metadata", Level.INFO, "cluster x"))).isTrue();
        }
        assertThat(ours.getThrown()).isNotNull();
    }

    private static LogRecord line(String logger, Level level, String message) {
        LogRecord line = new LogRecord(level, message);
        line.setLoggerName(logger);
        return line;
    }
}
