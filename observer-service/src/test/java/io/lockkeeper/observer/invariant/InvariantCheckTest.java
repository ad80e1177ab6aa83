package io.lockkeeper.observer.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.Invariant;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.invariant.InvariantRunner.Failed;
import io.lockkeeper.observer.invariant.InvariantRunner.Violations;

class InvariantCheckTest {

    private static final Invariant INVARIANT = invariant(Severity.P1);

    @Test
    void noRowsHold() {
        assertThat(judge(Optional.of(Set.of("a")), new Violations(Set.of(), false)).passed()).isTrue();
    }

    @Test
    void rowsThatWereThereBeforeAreToldApart() {
        Finding finding = judge(Optional.of(Set.of("a", "b")), new Violations(Set.of("a"), false));

        assertThat(finding.passed()).isTrue();
        assertThat(finding.evidence().measure()).isEqualTo("1 row, none of them new; 2 rows before the run");
    }

    @Test
    void aNewRowIsAViolationAlsoWhereAnOldOneWent() {
        Finding finding = judge(Optional.of(Set.of("a", "b")), new Violations(Set.of("a", "c"), false));

        assertThat(finding.violation()).isTrue();
        assertThat(finding.evidence().measure()).isEqualTo("2 rows, 1 of them new; 2 rows before the run");
    }

    @Test
    void withoutBaselineEveryRowCounts() {
        assertThat(judge(Optional.empty(), new Violations(Set.of("a"), false)).violation()).isTrue();
    }

    @Test
    void tooManyBeforeLeaveNothingToTell() {
        Finding finding = InvariantCheck.judge(INVARIANT, Optional.of(new InvariantBaseline(Set.of("a"), true)),
                new Violations(Set.of("a"), true), new Lsn(1));

        assertThat(finding.evidence().status()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void whatCouldNotBeEvaluatedBlocksWhateverItsSeverity() {
        Finding finding = InvariantCheck.judge(invariant(Severity.P3), Optional.empty(), new Failed("timeout"),
                new Lsn(1));

        assertThat(finding.evidence().status()).isEqualTo(Status.UNKNOWN);
        assertThat(finding.decisive()).isTrue();
    }

    @Test
    void baselineLeavesOutWhatCouldNotBeEvaluated() {
        assertThat(InvariantCheck.baseline(List.of(INVARIANT), invariant -> new Failed("timeout"))).isEmpty();
        assertThat(InvariantCheck.baseline(List.of(INVARIANT), invariant -> new Violations(Set.of("a"), false)))
                .isEqualTo(Map.of("sum", new InvariantBaseline(Set.of("a"), false)));
    }

    @Test
    void releaseWithoutInvariantsSaysSo() {
        assertThat(InvariantCheck.none(new Lsn(1)).passed()).isTrue();
    }

    private static Finding judge(Optional<Set<String>> before, InvariantRunner.Result now) {
        return InvariantCheck.judge(INVARIANT, before.map(digests -> new InvariantBaseline(digests, false)), now,
                new Lsn(1));
    }

    private static Invariant invariant(Severity severity) {
        return new Invariant("sum", "SELECT 1", severity, null, Optional.empty(), Optional.empty());
    }
}
