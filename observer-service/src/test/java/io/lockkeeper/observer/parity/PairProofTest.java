package io.lockkeeper.observer.parity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Watch.ParityPair;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Keys;

class PairProofTest {

    private static final RelationName ORDERS = RelationName.of("public", "orders");
    private static final ParityPair PAIR = new ParityPair("p", ORDERS, List.of("id"), "false", "sync",
            List.of(Gate.CONTRACT));
    private static final Duration BUDGET = Duration.ofMillis(100);

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final KeptCompares store = new KeptCompares();
    private final Table table = new Table();
    private long nanos;
    private int contradictions;

    @Test
    void comparesEveryBlockOnceAndPasses() {
        Finding finding = advanceToEnd(proof());

        assertThat(finding.passed()).isTrue();
        assertThat(finding.evidence().measure()).startsWith("3000 rows compared, 0 differ");
        assertThat(finding.evidence().lsn()).contains(new Lsn(7));
        assertThat(table.compared).isEqualTo(3000);
    }

    @Test
    void staysUnknownUntilTheLastBlock() {
        table.chunkTakes = Duration.ofMillis(80);
        Finding first = proof().advance(table, BUDGET, NOW, new PairProof.Once());

        assertThat(first.evidence().status()).isEqualTo(Status.UNKNOWN);
        assertThat(first.waiting()).isTrue();
    }

    @Test
    void anotherProcessGoesOnWhereTheFirstEnded() {
        table.chunkTakes = Duration.ofMillis(80);
        proof().advance(table, BUDGET, NOW, new PairProof.Once());
        long before = table.compared;
        assertThat(before).isPositive().isLessThan(3000);

        assertThat(advanceToEnd(proof()).passed()).isTrue();
        assertThat(table.compared).isEqualTo(3000);
    }

    @Test
    void alteredTriggerBeginsAnew() {
        PairProof proof = proof();
        advanceToEnd(proof);
        table.trigger = Optional.of(new RowCompare.Trigger(true, "altered"));

        advanceToEnd(proof);

        assertThat(table.compared).isEqualTo(6000);
    }

    @Test
    void missingOrDisabledTriggerFails() {
        PairProof proof = proof();
        advanceToEnd(proof);
        table.trigger = Optional.of(new RowCompare.Trigger(false, "f"));
        assertThat(proof.advance(table, BUDGET, NOW, new PairProof.Once()).violation()).isTrue();
        table.trigger = Optional.empty();
        assertThat(proof.advance(table, BUDGET, NOW, new PairProof.Once()).violation()).isTrue();
        table.trigger = Optional.of(new RowCompare.Trigger(true, "f"));

        assertThat(advanceToEnd(proof).passed()).isTrue();
        assertThat(table.compared).isEqualTo(6000);
    }

    @Test
    void differingRowFailsUntilItAgreesAndEverythingWasComparedAgain() {
        PairProof proof = proof();
        table.differing.add("{\"id\": 5}");
        Finding finding = advanceToEnd(proof);
        assertThat(finding.violation()).isTrue();
        assertThat(finding.evidence().measure()).contains("1 of 3000").contains("{\"id\": 5}");

        table.differing.clear();

        assertThat(advanceToEnd(proof).passed()).isTrue();
        assertThat(table.compared).isEqualTo(6000);
    }

    @Test
    void rowThatTheStreamNamesFails() {
        PairProof proof = proof();
        advanceToEnd(proof);
        table.differing.add("{\"id\": 9}");
        proof.rechecked(new RowCompare.Chunk(3, 1, List.of("{\"id\": 9}")));
        proof.rechecked(new RowCompare.Chunk(2, 1, List.of("{\"id\": 10}")));

        assertThat(proof.advance(table, BUDGET, NOW, new PairProof.Once()).violation()).isTrue();
        assertThat(contradictions).as("the first asks for a judgement at once").isOne();
    }

    @Test
    void lostTrackIsNeverEqual() {
        PairProof proof = proof();
        advanceToEnd(proof);
        proof.lostTrack("truncated");
        table.largestChunk = 100;
        table.chunkTakes = Duration.ofMillis(80);

        Finding finding = proof.advance(table, BUDGET, NOW, new PairProof.Once());

        assertThat(finding.passed()).isFalse();
        assertThat(table.compared).isGreaterThan(3000);
    }

    @Test
    void rewrittenTableBeginsAnew() {
        PairProof proof = proof();
        table.chunkTakes = Duration.ofMillis(80);
        proof.advance(table, BUDGET, NOW, new PairProof.Once());
        table.filenode = 2;

        assertThat(proof.advance(table, BUDGET, NOW, new PairProof.Once()).evidence().status())
                .isEqualTo(Status.UNKNOWN);
        table.compared = 0;
        assertThat(advanceToEnd(proof).passed()).isTrue();
        assertThat(table.compared).isEqualTo(3000);
    }

    @Test
    void whereNoStreamNamesRowsOnlyACompareThatBeganLateEnoughCounts() {
        PairProof proof = proof();
        assertThat(advance(proof, 0, Optional.empty()).passed()).isTrue();
        table.largestChunk = 256;
        table.chunkTakes = Duration.ofMillis(20);
        Instant late = NOW.plusSeconds(60);

        Finding begunBefore = advance(proof, 60, Optional.of(late));
        assertThat(begunBefore.waiting()).isTrue();
        assertThat(begunBefore.evidence().measure()).contains("% compared");
        Finding last = begunBefore;
        for (int second = 61; last.waiting(); second++) {
            last = advance(proof, second, Optional.of(late));
        }

        assertThat(last.passed()).isTrue();
        assertThat(last.evidence().measure()).contains("began at 2026-01-01T00:01:00Z");
        assertThat(table.compared).isGreaterThanOrEqualTo(6000);
    }

    @Test
    void whereNoStreamNamesRowsTheNextCompareMeetsThem() {
        PairProof proof = proof();
        assertThat(advance(proof, 0, Optional.of(NOW)).passed()).isTrue();
        table.differing.add("{\"id\": 5}");

        assertThat(advance(proof, 1, Optional.of(NOW)).violation()).isTrue();
    }

    private Finding advance(PairProof proof, int second, Optional<Instant> from) {
        return proof.advance(table, BUDGET, NOW.plusSeconds(second), new PairProof.Again(from));
    }

    @Test
    void chunkThatIsTooSlowIsTakenInSmallerOnes() {
        table.largestChunk = 10;

        assertThat(advanceToEnd(proof()).passed()).isTrue();
        assertThat(table.compared).isEqualTo(3000);
    }

    @Test
    void missingTableIsUnknown() {
        table.there = false;
        Finding finding = proof().advance(table, BUDGET, NOW, new PairProof.Once());

        assertThat(finding.evidence().status()).isEqualTo(Status.UNKNOWN);
        assertThat(finding.waiting()).isFalse();
    }

    private PairProof proof() {
        return new PairProof("run/contract/1/p", PAIR, store, Keys.AS_THEY_ARE, () -> nanos, () -> contradictions++);
    }

    private Finding advanceToEnd(PairProof proof) {
        Finding finding = proof.advance(table, BUDGET, NOW, new PairProof.Once());
        for (int turn = 0; turn < 1000 && finding.waiting(); turn++) {
            finding = proof.advance(table, BUDGET, NOW, new PairProof.Once());
        }
        // A difference that has gone is noticed at the next judgement, which begins anew.
        return finding.passed() || !finding.violation() || !table.differing.isEmpty()
                ? finding
                : advanceToEnd(proof);
    }

    /** A table of 3000 blocks with one row each. */
    private final class Table implements RowCompare {

        private boolean there = true;
        private long filenode = 1;
        private long largestChunk = Long.MAX_VALUE;
        private Duration chunkTakes = Duration.ofNanos(1);
        private Optional<Trigger> trigger = Optional.of(new Trigger(true, "f"));
        private final List<String> differing = new ArrayList<>();
        private long compared;

        @Override
        public List<Extent> extents(ParityPair pair) {
            return there ? List.of(new Extent(ORDERS, filenode, 3000)) : List.of();
        }

        @Override
        public Optional<Chunk> compare(ParityPair pair, Extent extent, long fromBlock, long endBlock) {
            if (extent.filenode() != filenode) {
                return Optional.empty();
            }
            if (endBlock - fromBlock > largestChunk) {
                throw new CompareTooSlow("too slow", null);
            }
            nanos += chunkTakes.toNanos();
            compared += endBlock - fromBlock;
            boolean first = fromBlock == 0;
            return Optional.of(new Chunk(endBlock - fromBlock, first ? differing.size() : 0,
                    first ? List.copyOf(differing) : List.of()));
        }

        @Override
        public Chunk recheck(ParityPair pair, Collection<String> keys) {
            List<String> still = keys.stream().filter(differing::contains).toList();
            return new Chunk(keys.size(), still.size(), still);
        }

        @Override
        public Optional<Trigger> trigger(ParityPair pair) {
            return trigger;
        }

        @Override
        public Lsn position() {
            return new Lsn(7);
        }
    }
}
