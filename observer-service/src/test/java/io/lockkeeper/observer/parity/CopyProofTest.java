package io.lockkeeper.observer.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.Copy;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Keys;

class CopyProofTest {

    private static final Copy COPY = new Copy("copy", "TABLE a", "TABLE b", List.of("id"), Severity.P1,
            Duration.ofSeconds(5), Optional.empty(), Optional.empty(), Optional.empty());
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final Duration BUDGET = Duration.ofSeconds(1);

    private final KeptCompares store = new KeptCompares();
    private final Tables tables = new Tables();
    private long nanos;

    @Test
    void everyRangeIsComparedOnceAndTheEvidenceCounts() {
        Finding finding = look(proof(), 0);

        assertThat(finding.passed()).isTrue();
        assertThat(finding.evidence().measure())
                .startsWith("300000 rows in the source, 300000 in the target, checksums agree, 0 rows differ");
        assertThat(finding.evidence().lsn()).contains(new Lsn(7));
        assertThat(tables.compared).isEqualTo(300_000);
    }

    @Test
    void budgetEndsALookAndAnotherProcessGoesOn() {
        tables.rangeTakes = Duration.ofMillis(400);
        assertThat(look(proof(), 0).waiting()).isTrue();
        long before = tables.compared;
        assertThat(before).isPositive().isLessThan(300_000);
        tables.rangeTakes = Duration.ZERO;

        assertThat(look(proof(), 1).passed()).isTrue();
        assertThat(tables.compared).isEqualTo(300_000);
    }

    @Test
    void rowThatDiffersIsInFlightUntilItIsMetAgainUnchanged() {
        CopyProof proof = proof();
        tables.differing.put("{\"id\": 5}", "old");
        assertThat(look(proof, 0).waiting()).isTrue();
        assertThat(look(proof, 9).waiting()).isTrue();
        tables.differing.put("{\"id\": 5}", "changed since");
        assertThat(look(proof, 10).evidence().measure()).contains("in flight: 1");
        assertThat(look(proof, 19).waiting()).isTrue();

        Finding wrong = look(proof, 20);

        assertThat(wrong.violation()).isTrue();
        assertThat(wrong.evidence().measure()).contains("differing: 1, in flight: 0").contains("{\"id\": 5}");
        tables.differing.clear();
        assertThat(look(proof, 21).passed()).isTrue();
        assertThat(tables.compared).as("the row was read again, not the table").isEqualTo(300_000);
    }

    @Test
    void onlyACompareThatBeganLateEnoughCounts() {
        CopyProof proof = proof();
        assertThat(look(proof, 0).passed()).isTrue();
        tables.rangeTakes = Duration.ofSeconds(2);

        assertThat(proof.advance(tables, BUDGET, NOW.plusSeconds(5), Optional.of(NOW.plusSeconds(4))).waiting())
                .isTrue();

        tables.rangeTakes = Duration.ZERO;
        assertThat(proof.advance(tables, BUDGET, NOW.plusSeconds(6), Optional.of(NOW.plusSeconds(4))).passed())
                .isTrue();
    }

    @Test
    void rangeThatCannotBecomeSmallerIsUnknown() {
        tables.answers = 0;

        Finding finding = look(proof(), 0);

        assertThat(finding.waiting()).isFalse();
        assertThat(finding.evidence().measure()).contains("index the key on both sides");
    }

    @Test
    void rangeThatRunsIntoItsTimeoutIsMadeSmaller() {
        tables.answers = 100;

        assertThat(look(proof(), 0).passed()).isTrue();
        assertThat(tables.compared).isEqualTo(300_000);
    }

    @Test
    void moreRowsThanAreKeptStopTheCompareUntilTheyAgree() {
        CopyProof proof = proof();
        tables.more = true;
        tables.differing.put("{\"id\": 5}", "x");
        assertThat(look(proof, 0).waiting()).isTrue();
        assertThat(tables.ranges).isOne();
        assertThat(look(proof, 10).violation()).isTrue();
        tables.more = false;
        tables.differing.clear();

        assertThat(look(proof, 11).passed()).isTrue();
    }

    private CopyProof proof() {
        return new CopyProof("run/contract/1/copy", COPY, store, Keys.AS_THEY_ARE, () -> nanos, SETTLE);
    }

    private Finding look(CopyProof proof, int second) {
        return proof.advance(tables, BUDGET, NOW.plusSeconds(second), Optional.empty());
    }

    /** 300,000 rows on each side; keys are numbers. */
    private final class Tables implements CopyCompare {

        private static final long ROWS = 300_000;

        private final Map<String, String> differing = new HashMap<>();
        private Duration rangeTakes = Duration.ZERO;
        private long answers = Long.MAX_VALUE;
        private boolean more;
        private long compared;
        private int ranges;

        @Override
        public Result compare(Copy copy, Optional<String> after, long rows) {
            ranges++;
            nanos += rangeTakes.toNanos();
            if (rows > answers) {
                throw new CompareTooSlow("too slow", new IllegalStateException());
            }
            long from = after.map(Long::parseLong).orElse(0L);
            long end = Math.min(ROWS, from + rows);
            compared += more ? 0 : end - from;
            return new Compared(end == ROWS ? Optional.empty() : Optional.of(Long.toString(end)), end - from,
                    end - from, from == 0 ? differing : Map.of(), more);
        }

        @Override
        public Result recheck(Copy copy, Collection<String> keys) {
            return new Compared(Optional.empty(), 0, 0, keys.stream().filter(differing::containsKey)
                    .collect(Collectors.toMap(key -> key, differing::get)), false);
        }

        @Override
        public Lsn position() {
            return new Lsn(7);
        }
    }
}
