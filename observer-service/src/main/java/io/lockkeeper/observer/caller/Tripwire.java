package io.lockkeeper.observer.caller;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Words;

/**
 * Whose statements fail because the old shape was taken away. In quarantine that is what a forgotten caller looks like: it
 * is told by name, and a revert is still lossless. Used by one thread.
 */
public final class Tripwire {

    private static final int SHOWN = 5;

    private final OldShape shape;
    private Optional<State> state;
    private Optional<String> unreadable = Optional.empty();

    /**
     * What must be remembered over a restart.
     *
     * @param since   the log was read without a gap
     * @param why     what began it
     * @param callers failures by application, role and SQLSTATE
     */
    public record State(ServerLog.Position position, Instant since, String why, Optional<Instant> last,
            Map<String, Long> callers) {

        public State {
            callers = Map.copyOf(callers);
        }
    }

    /** @param state what an observer before this one had seen */
    public Tripwire(OldShape shape, Optional<State> state) {
        this.shape = shape;
        this.state = state;
    }

    public Optional<State> state() {
        return state;
    }

    /** @return whether there is anything new to remember */
    public boolean look(ServerLog log, Instant now) {
        if (shape.isEmpty()) {
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
            unreadable = Optional.empty();
            ServerLog.Read read = (ServerLog.Read) reading;
            state = Optional.of(after(read, now));
            behind = read.behind();
        }
        return !state.equals(before);
    }

    private State after(ServerLog.Read read, Instant now) {
        Map<String, Long> callers = new TreeMap<>(state.map(State::callers).orElse(Map.of()));
        Optional<Instant> last = state.flatMap(State::last);
        for (ServerLog.Entry failure : read.entries()) {
            if (shape.missedBy(failure.message(), failure.statement() + " " + failure.inner())) {
                callers.merge((failure.application().isEmpty() ? "unnamed" : failure.application()) + " as "
                        + failure.role() + ", SQLSTATE " + failure.sqlState(), 1L, Long::sum);
                // When it was read: a server's log may be in any time zone, and later is the safe side.
                last = Optional.of(now);
            }
        }
        boolean anew = state.isEmpty() || read.gap().isPresent();
        return new State(read.end(), anew ? now : state.get().since(),
                anew ? read.gap().orElse("read from then on") : state.get().why(), last, callers);
    }

    /** @param takenAway the old shape is in quarantine: who wants it breaks */
    Finding judge(Duration required, boolean takenAway, Instant now) {
        Finding.Claim claim = new Finding.Claim(EvidenceKind.CALLERS, "tripwire",
                "no statement fails for want of the old shape", takenAway ? Severity.P1 : Severity.P2,
                "0 failures for " + Words.of(required), "the server's log");
        if (unreadable.isPresent() || state.isEmpty()) {
            // Not every server's log can be read: it is reported what is missing, and the profile's other items must do.
            return claim.withSeverity(Severity.P3).unknown(unreadable.orElse("not read yet"));
        }
        State known = state.get();
        if (known.last().isEmpty()) {
            return claim.passed("0 failures, log read since " + Words.of(known.since()) + " (" + known.why() + ")",
                    Optional.empty());
        }
        String measure = Words.count(known.callers().values().stream().mapToLong(Long::longValue).sum(), "failure")
                + ", last at " + Words.of(known.last().get()) + ": "
                + known.callers().entrySet().stream().limit(SHOWN)
                        .map(caller -> caller.getKey() + " (" + caller.getValue() + ")")
                        .collect(Collectors.joining("; "));
        return known.last().get().plus(required).isAfter(now)
                ? claim.failed(measure, Optional.empty())
                : claim.passed(measure, Optional.empty());
    }
}
