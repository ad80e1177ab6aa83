package io.lockkeeper.observer.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.observer.gate.Finding;

class StatementCheckTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void testAgreesWithValuesWorkedByHand() {
        // U of the later sample: pairs in which it is larger, 4 + 4 + 3 + 5 + 5 = 21 of 25.
        MannWhitney test = MannWhitney.compare(List.of(1.0, 2.0, 3.0, 4.0, 7.0), List.of(5.0, 6.0, 3.5, 8.0, 9.0));

        assertThat(test.superiority()).isEqualTo(21 / 25.0);
        // z = (21 - 12.5 - 0.5) / sqrt(25 * 11 / 12) = 1.671
        assertThat(test.p()).isCloseTo(0.0473, within(0.0005));
    }

    @Test
    void equalValuesSayNothing() {
        MannWhitney test = MannWhitney.compare(List.of(1.0, 1.0, 1.0), List.of(1.0, 1.0, 1.0));

        assertThat(test.superiority()).isEqualTo(0.5);
        assertThat(test.p()).isEqualTo(1);
    }

    @Test
    void noiseIsNotTakenForAChangeInATenthOfAPercent() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int raised = 0;
        for (int round = 0; round < 1000; round++) {
            if (MannWhitney.compare(noise(random, 60), noise(random, 60)).p() < 0.001) {
                raised++;
            }
        }
        assertThat(raised).as("seed %d", seed).isLessThan(10);
    }

    @Test
    void slowerStatementIsNamedByItsQueryId() {
        Finding finding = judge(30, 3.0, 30);

        assertThat(finding.evidence().status()).isEqualTo(Status.FAILED);
        assertThat(finding.evidence().measure()).contains("query id 7, median 3.00 ms, before the run 1.00 ms");
        assertThat(finding.decisive()).isTrue();
    }

    @Test
    void unchangedStatementPasses() {
        assertThat(judge(30, 1.0, 30).passed()).isTrue();
    }

    @Test
    void tooLittleBeforeIsSaidAndTooLittleNowIsWaitedFor() {
        assertThat(judge(19, 3.0, 30).evidence().status()).isEqualTo(Status.UNKNOWN);
        assertThat(judge(19, 3.0, 30).decisive()).isFalse();
        assertThat(judge(30, 3.0, 10).waiting()).isTrue();
    }

    @Test
    void forgottenCountersBeginAnew() {
        StatementTimes times = new StatementTimes();
        times.add(BEGIN, Map.of("query id 7", new StatementTimes.Executed(100, 100)));
        times.add(BEGIN.plusSeconds(1), Map.of("query id 7", new StatementTimes.Executed(10, 1000)));
        times.add(BEGIN.plusSeconds(2), Map.of("query id 7", new StatementTimes.Executed(20, 1020)));

        assertThat(times.since(BEGIN.minusSeconds(1))).isEqualTo(Map.of("query id 7", List.of(2.0)));
    }

    private static Finding judge(int before, double mean, int intervals) {
        List<Double> baseline = new ArrayList<>();
        for (int i = 0; i < before; i++) {
            baseline.add(0.9 + i % 3 * 0.1);
        }
        StatementTimes times = new StatementTimes();
        double total = 0;
        for (int i = 0; i <= intervals; i++) {
            total += 10 * (mean - 0.1 + i % 3 * 0.1);
            times.add(BEGIN.plusSeconds(i),
                    new HashMap<>(Map.of("query id 7", new StatementTimes.Executed(10L * i, total))));
        }
        return StatementCheck.judge(profile(Duration.ofMinutes(1)), Map.of("query id 7", baseline), times, BEGIN);
    }

    private static EvidenceProfile profile(Duration baseline) {
        Duration second = Duration.ofSeconds(1);
        return new EvidenceProfile("test", second, 1, second, second, second, second, second, 0, Map.of(), baseline);
    }

    private static List<Double> noise(Random random, int count) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            values.add(Math.exp(random.nextGaussian()));
        }
        return values;
    }
}
