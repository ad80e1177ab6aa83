package io.lockkeeper.observer.observation;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Lsn;
import io.lockkeeper.observer.health.Counters;
import io.lockkeeper.observer.invariant.InvariantBaseline;
import io.lockkeeper.observer.session.Soak;

/**
 * What the observer must remember about a run over a restart.
 *
 * @param slot     the slot that was made for it
 * @param lost     why there is no stream although the plan has one
 * @param lostAt   when the stream was lost
 * @param armed    WAL position up to which everything was seen when it was armed
 * @param baseline what the target was like before the first step
 */
public record ObservationState(String run, Optional<String> slot, Mode mode, Optional<String> lost,
        Optional<Instant> lostAt, Optional<Lsn> armed, Optional<Baseline> baseline, Optional<Soak> soak,
        boolean retired) {

    public enum Mode {
        /** Nothing is there yet. */
        NEW,
        /** Slot and stream are there. */
        STREAMING,
        /** Proof by compare alone, because the plan or the server wants no stream. */
        POLLING,
        /** The stream was there and is not any more. */
        LOST
    }

    /**
     * @param gauges     by name
     * @param statements by query id, mean times in milliseconds of the intervals in which it ran
     */
    public record Baseline(Instant at, Server.Identity server, Counters counters,
            Map<String, InvariantBaseline> invariants, Map<String, BigDecimal> gauges,
            Map<String, List<Double>> statements) {}

    public static ObservationState fresh(String run) {
        return new ObservationState(run, Optional.empty(), Mode.NEW, Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), false);
    }

    /** Not armed yet: the new stream has still to show that it delivers. */
    ObservationState streaming(String newSlot) {
        return new ObservationState(run, Optional.of(newSlot), Mode.STREAMING, Optional.empty(), Optional.empty(),
                Optional.empty(), baseline, soak, retired);
    }

    ObservationState polling(Optional<String> why) {
        return new ObservationState(run, slot, Mode.POLLING, why, lostAt, armed, baseline, soak, retired);
    }

    ObservationState lost(String why, Instant now) {
        return new ObservationState(run, slot, Mode.LOST, Optional.of(why), Optional.of(now), armed, baseline, soak,
                retired);
    }

    ObservationState armed(Lsn position) {
        return new ObservationState(run, slot, mode, lost, lostAt, Optional.of(position), baseline, soak, retired);
    }

    ObservationState withBaseline(Baseline taken) {
        return new ObservationState(run, slot, mode, lost, lostAt, armed, Optional.of(taken), soak, retired);
    }

    /** What the target was like before is held against it wherever it lives now. */
    ObservationState onServer(Server.Identity present) {
        return new ObservationState(run, slot, mode, lost, lostAt, armed, baseline.map(
                known -> new Baseline(known.at(), present, known.counters(), known.invariants(), known.gauges(),
                        known.statements())),
                soak, retired);
    }

    ObservationState retire() {
        return new ObservationState(run, slot, mode, lost, lostAt, armed, baseline, soak, true);
    }
}
