package io.lockkeeper.executor.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.lockkeeper.executor.throttle.Limits.Level;

class ThrottleTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Pulse pulse = new Pulse();
    private final Throttle throttle = new Throttle(2, 10, Set.of("disk"), pulse);
    private final Map<Signal, Double> values = new HashMap<>();
    private final Map<String, Double> hooks = new HashMap<>(Map.of("disk", 0.0));
    private Instant now = START;

    @Test
    void nobodyElseThereMeansFullSpeed() {
        assertThat(look(0)).isEqualTo(new Speed(2, 1, 0, List.of()));
    }

    @Test
    void workloadThatIsHiddenFromUsIsAssumedToBeThere() {
        assertThat(throttle.look(new Readings(values, hooks, Optional.empty()), now).rest()).isPositive();
    }

    @Test
    void signalRisesAtOneLevelAndFallsAtAnother() {
        assertThat(Signal.REPLICA_LAG.limits().next(Level.CLEAR, 1.9)).isEqualTo(Level.CLEAR);
        assertThat(Signal.REPLICA_LAG.limits().next(Level.CLEAR, 2)).isEqualTo(Level.SLOW);
        assertThat(Signal.REPLICA_LAG.limits().next(Level.SLOW, 1.1)).isEqualTo(Level.SLOW);
        assertThat(Signal.REPLICA_LAG.limits().next(Level.SLOW, 0.9)).isEqualTo(Level.CLEAR);
        assertThat(Signal.REPLICA_LAG.limits().next(Level.SLOW, 10)).isEqualTo(Level.PAUSE);
        assertThat(Signal.REPLICA_LAG.limits().next(Level.PAUSE, 2.5)).isEqualTo(Level.PAUSE);
        assertThat(Signal.REPLICA_LAG.limits().next(Level.PAUSE, 1.5)).isEqualTo(Level.SLOW);
    }

    @Test
    void pauseNamesItsReasonsAndEndsWithThem() {
        values.put(Signal.SLOT_WAL, 1.2);
        values.put(Signal.AUTOVACUUM, 1.0);
        assertThat(look(0)).extracting(Speed::workers, Speed::reasons)
                .containsExactly(0, List.of("slot-wal", "autovacuum"));
        values.put(Signal.AUTOVACUUM, 0.0);
        values.put(Signal.SLOT_WAL, 0.01);
        assertThat(look(0).workers()).isEqualTo(2);
    }

    @Test
    void hookSlowsFromOneAndPausesFromTwoAndCountsAsMissingFromTheBeginning() {
        hooks.put("disk", 1.0);
        assertThat(look(0).reasons()).containsExactly("disk");
        hooks.put("disk", 2.5);
        assertThat(look(0)).extracting(Speed::workers, Speed::reasons).containsExactly(0, List.of("disk"));
        hooks.put("disk", 0.3);
        assertThat(look(0).reasons()).isEmpty();

        Throttle unanswered = new Throttle(2, 10, Set.of("disk"), pulse);
        Readings nothing = new Readings(values, Map.of(), Optional.of(0L));
        assertThat(unanswered.look(nothing, START).reasons()).isEmpty();
        assertThat(unanswered.look(nothing, START.plus(Throttle.MISSING_SLOWS)).reasons()).containsExactly("disk");
        assertThat(unanswered.look(nothing, START.plus(Throttle.MISSING_PAUSES)).workers()).isZero();
    }

    @Test
    void signalThatIsNoLongerReadableSlowsThenPauses() {
        values.put(Signal.REPLICA_LAG, 0.0);
        assertThat(look(0).reasons()).isEmpty();
        values.clear();
        assertThat(look(0).reasons()).isEmpty();
        now = START.plus(Throttle.MISSING_SLOWS);
        assertThat(look(0)).extracting(Speed::workers, Speed::reasons)
                .containsExactly(1, List.of("replica-lag"));
        now = START.plus(Throttle.MISSING_PAUSES);
        assertThat(look(0).workers()).isZero();
    }

    @Test
    void beginsGentlyAndGetsFasterOnlyWhileTheWorkloadFeelsNothing() {
        Speed first = look(3);
        assertThat(first).extracting(Speed::workers, Speed::batch, Speed::rest).containsExactly(1, 0.02, 10.0);
        assertThat(look(3)).as("nothing felt yet").isEqualTo(first);
        feel(1.2, 1.0);
        assertThat(look(3)).as("bearable, not more").isEqualTo(first);
        assertThat(looksWith(1.0, 100)).extracting(Speed::workers, Speed::batch, Speed::rest)
                .containsExactly(2, 0.3, 0.5);
    }

    @Test
    void batchesGetShorterBeforeThereIsMoreRestBetweenThem() {
        Speed fast = looksWith(1.0, 100);
        Speed slower = looksWith(2.0, 1);
        assertThat(slower.batch()).isEqualTo(fast.batch() / 2);
        assertThat(slower.rest()).isEqualTo(fast.rest());
        assertThat(slower.reasons()).containsExactly("latency");
        assertThat(looksWith(2.0, 4)).extracting(Speed::batch, Speed::rest).containsExactly(0.02, 0.65);

        assertThat(looksWith(2.0, 20).rest()).as("no endless step, whatever is felt").isEqualTo(10);
    }

    @Test
    void whatWasFeltAtOneSpeedIsNotHeldAgainstTheNext() {
        Speed fast = looksWith(1.0, 100);
        Speed slower = looksWith(2.0, 1);
        assertThat(slower).isNotEqualTo(fast);
        assertThat(look(3)).extracting(Speed::batch, Speed::rest).containsExactly(slower.batch(), slower.rest());
    }

    private Speed looksWith(double working, int looks) {
        Speed last = null;
        for (int look = 0; look < looks; look++) {
            feel(working, 1.0);
            last = look(3);
        }
        return last;
    }

    private Speed look(long others) {
        return throttle.look(new Readings(values, hooks, Optional.of(others)), now);
    }

    private void feel(double working, double resting) {
        for (int beats = 0; beats < 100; beats++) {
            pulse.add(true, working);
            pulse.add(false, resting);
        }
    }
}
