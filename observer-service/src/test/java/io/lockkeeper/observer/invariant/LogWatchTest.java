package io.lockkeeper.observer.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lockkeeper.messages.Gauge;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.caller.ServerLog;

class LogWatchTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration WINDOW = Duration.ofMinutes(10);

    private final Log log = new Log();

    @Test
    void eventsOfTheWindowAreCountedAndNoOthers() {
        LogWatch watch = watch("deadlock", Optional.empty());
        look(watch, 0, entry("40P01", "deadlock detected"));
        look(watch, 1, entry("40P01", "deadlock detected"), entry("23505", "duplicate key"));

        assertThat(watch.read(gauge("deadlock"))).isEqualTo(value(2));

        look(watch, 10);
        assertThat(watch.read(gauge("deadlock"))).isEqualTo(value(1));
    }

    @Test
    void restartForgetsNothing() {
        LogWatch first = watch("deadlock", Optional.empty());
        look(first, 0, entry("40P01", "deadlock detected"));
        LogWatch second = watch("deadlock", first.state());
        look(second, 1);

        assertThat(second.read(gauge("deadlock"))).isEqualTo(value(1));
        assertThat(log.asked).contains(new ServerLog.Position("log", 7));
    }

    @Test
    void gapIsUnknownUntilTheWindowWasReadWhole() {
        LogWatch watch = watch("deadlock", Optional.empty());
        look(watch, 0);
        log.gap = Optional.of("the log was removed");
        look(watch, 1);
        log.gap = Optional.empty();
        look(watch, 2);

        assertThat(watch.read(gauge("deadlock"))).isInstanceOf(GaugeReader.Unreadable.class);

        look(watch, 11);
        assertThat(watch.read(gauge("deadlock"))).isEqualTo(value(0));
    }

    @Test
    void logThatCannotBeReadIsUnknown() {
        LogWatch watch = watch("deadlock", Optional.empty());
        look(watch, 0);
        log.unreadable = true;
        look(watch, 1);

        assertThat(watch.read(gauge("deadlock"))).isEqualTo(new GaugeReader.Unreadable("not granted"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "deadlock  | 40P01 | deadlock detected | 1", "23505 | 23505 | duplicate key | 1",
            "23 | 23505 | duplicate key | 1", "22 | 23505 | duplicate key | 0",
            "lock-wait | 00000 | process 7 still waiting for ShareLock on transaction 9 after 1000.1 ms | 1",
            "lock-wait | 00000 | process 7 acquired ShareLock on transaction 9 after 1000.1 ms | 0",
            "slow-plan | 00000 | 'duration: 12.3 ms  plan:' | 1", "slow-plan | 00000 | 'duration: 12.3 ms' | 0"})
    void eventIsToldByItsSqlstateOrItsText(String event, String state, String message, long counted) {
        log.settings.put("log_lock_waits", "on");
        log.settings.put("auto_explain.log_min_duration", "100");
        LogWatch watch = watch(event, Optional.empty());
        look(watch, 0, entry(state, message));

        assertThat(watch.read(gauge(event))).isEqualTo(value(counted));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"lock-wait | log_lock_waits | off | log_lock_waits = on",
            "lock-wait | lc_messages | de_DE.UTF-8 | lc_messages = C",
            "slow-plan | auto_explain.log_min_duration | -1 | load auto_explain",
            "deadlock | log_min_messages | fatal | log_min_messages = warning",
            "dedlock | log_min_messages | warning | is no event of the log"})
    void eventThatTheServerDoesNotWriteIsUnknown(String event, String setting, String value, String advice) {
        log.settings.put("log_lock_waits", "on");
        log.settings.put(setting, value);
        LogWatch watch = watch(event, Optional.empty());
        look(watch, 0);

        assertThat(watch.read(gauge(event))).isInstanceOfSatisfying(GaugeReader.Unreadable.class,
                unreadable -> assertThat(unreadable.why()).contains(advice));
    }

    private void look(LogWatch watch, int minute, ServerLog.Entry... entries) {
        log.entries = List.of(entries);
        watch.look(log, START.plus(Duration.ofMinutes(minute)));
    }

    private static LogWatch watch(String event, Optional<LogWatch.State> state) {
        return new LogWatch(List.of(gauge(event)), WINDOW, state);
    }

    private static Gauge gauge(String event) {
        return new Gauge("number", event, new Gauge.Limits(Optional.empty(), Optional.of(BigDecimal.ZERO),
                Optional.empty(), Optional.empty()), Severity.P1, Duration.ofSeconds(1), Optional.empty(),
                Optional.empty(), Optional.empty(), Gauge.Language.LOG);
    }

    private static ServerLog.Entry entry(String state, String message) {
        return new ServerLog.Entry(state, "shop/2", "shop", message, "", "");
    }

    private static GaugeReader.Value value(long number) {
        return new GaugeReader.Value(BigDecimal.valueOf(number));
    }

    private static final class Log implements ServerLog {

        private final Map<String, String> settings = new HashMap<>();
        private final List<Position> asked = new ArrayList<>();
        private List<Entry> entries = List.of();
        private Optional<String> gap = Optional.empty();
        private boolean unreadable;

        @Override
        public Map<String, String> settings() {
            return settings;
        }

        @Override
        public Reading read(Optional<Position> from) {
            from.ifPresent(asked::add);
            return unreadable
                    ? new Unreadable("not granted")
                    : new Read(new Position("log", 7), entries, gap, false);
        }
    }
}
