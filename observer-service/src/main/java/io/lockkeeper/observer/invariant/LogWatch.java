package io.lockkeeper.observer.invariant;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Gauge;
import io.lockkeeper.observer.caller.ServerLog;
import io.lockkeeper.observer.gate.Words;

/** Counts what gauges ask of the server's log. What was counted survives a restart. Used by one thread. */
public final class LogWatch implements GaugeReader {

    private final List<Gauge> gauges;
    private final Duration window;
    private Optional<State> state;
    private Map<String, String> settings = Map.of();
    private Optional<String> unreadable = Optional.of("the server's log was not read yet");
    private Instant now = Instant.MIN;

    /**
     * What must be remembered over a restart.
     *
     * @param since  the log was read without a gap, {@code gap} is what went before
     * @param counts of the window
     */
    public record State(ServerLog.Position position, Instant since, Optional<String> gap, List<Count> counts) {

        public State {
            counts = List.copyOf(counts);
        }
    }

    /** @param at when it was read: a server's log may be in any time zone, and later is the safe side */
    public record Count(Instant at, String event, long number) {}

    /**
     * @param gauges those that ask the log are looked at
     * @param window that is counted
     * @param state  what an observer before this one had counted
     */
    public LogWatch(List<Gauge> gauges, Duration window, Optional<State> state) {
        this.gauges = gauges.stream().filter(gauge -> gauge.language() == Gauge.Language.LOG).toList();
        this.window = window;
        this.state = state;
    }

    public Optional<State> state() {
        return state;
    }

    /** @return whether there is anything new to remember */
    public boolean look(ServerLog log, Instant at) {
        now = at;
        if (gauges.isEmpty()) {
            return false;
        }
        Optional<State> before = state;
        boolean behind = true;
        while (behind) {
            ServerLog.Reading reading = log.read(state.map(State::position));
            if (reading instanceof ServerLog.Unreadable blind) {
                unreadable = Optional.of(blind.why());
                return false;
            }
            ServerLog.Read read = (ServerLog.Read) reading;
            state = Optional.of(after(read));
            behind = read.behind();
        }
        settings = log.settings();
        unreadable = Optional.empty();
        return !state.equals(before);
    }

    private State after(ServerLog.Read read) {
        List<Count> counts = new ArrayList<>(state.map(State::counts).orElse(List.of()));
        counts.removeIf(count -> !count.at().plus(window).isAfter(now));
        gauges.stream().map(Gauge::sql).distinct().forEach(event -> {
            long number = read.entries().stream().filter(new LogEvent(event)::is).count();
            if (number > 0) {
                counts.add(new Count(now, event, number));
            }
        });
        boolean anew = state.isEmpty() || read.gap().isPresent();
        return new State(read.end(), anew ? now : state.get().since(), anew ? read.gap() : state.get().gap(), counts);
    }

    @Override
    public Reading read(Gauge gauge) {
        LogEvent event = new LogEvent(gauge.sql());
        Optional<String> why = event.wrong().or(() -> unreadable).or(() -> event.unwritten(settings));
        if (why.isPresent()) {
            return new Unreadable(why.get());
        }
        State known = state.orElseThrow();
        boolean whole = !known.since().plus(window).isAfter(now);
        if (known.gap().isPresent() && !whole) {
            return new Unreadable(known.gap().get() + "; counted anew since " + Words.of(known.since()));
        }
        return new Value(BigDecimal.valueOf(known.counts().stream()
                .filter(count -> count.event().equals(gauge.sql()) && count.at().plus(window).isAfter(now))
                .mapToLong(Count::number).sum()));
    }
}
