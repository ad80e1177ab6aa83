package io.lockkeeper.observer.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict.Decision;

class GateJudgeTest {

    private static final EvidenceProfile EVERYTHING = profile(List.of(EvidenceKind.values()));

    static Stream<EvidenceKind> kinds() {
        return Arrays.stream(EvidenceKind.values());
    }

    @Test
    void everythingProvenOftenEnoughIsGo() {
        assertThat(judge(allPassed(), 0).decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(judge(allPassed(), 1).decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(judge(allPassed(), 2).decision()).isEqualTo(Decision.GO);
    }

    @Test
    void thatObservationHasBegunIsSeenOnce() {
        assertThat(GateJudge.judge(Gate.ARMED, EVERYTHING, allPassed(), 0).decision()).isEqualTo(Decision.GO);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsMissingIsNeverGo(EvidenceKind missing) {
        List<Finding> findings = new ArrayList<>(allPassed());
        findings.removeIf(finding -> finding.evidence().kind() == missing);

        Judgement judgement = judge(findings, 100);

        assertThat(judgement.decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(judgement.passes()).isZero();
        assertThat(judgement.evidence()).anySatisfy(item -> assertThat(item.kind()).isEqualTo(missing));
        assertThat(judgement.stuck()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatCannotBeMeasuredIsNeverGo(EvidenceKind unknown) {
        assertThat(judge(with(claim(unknown, Severity.P2).unknown("the view is missing")), 100).decision())
                .isEqualTo(Decision.INCONCLUSIVE);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsNotThereYetIsNeverGo(EvidenceKind late) {
        Judgement judgement = judge(with(claim(late, Severity.P1).waiting("until tomorrow")), 100);

        assertThat(judgement.decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(judgement.stuck()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatFailsIsNoGo(EvidenceKind failed) {
        for (Severity severity : List.of(Severity.P0, Severity.P1)) {
            Judgement judgement = judge(with(claim(failed, severity).failed("3 rows", Optional.empty())), 100);

            assertThat(judgement.decision()).isEqualTo(Decision.NO_GO);
            assertThat(judgement.passes()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatFailsMildlyWaitsForASignature(EvidenceKind failed) {
        assertThat(judge(with(claim(failed, Severity.P2).failed("3 rows", Optional.empty())), 100).decision())
                .isEqualTo(Decision.INCONCLUSIVE);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsOnlyReportedDecidesNothing(EvidenceKind reported) {
        assertThat(judge(with(claim(reported, Severity.P3).failed("3 rows", Optional.empty())), 2).decision())
                .isEqualTo(Decision.GO);
        assertThat(judge(with(claim(reported, Severity.P3).unknown("not here")), 2).decision())
                .isEqualTo(Decision.GO);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatIsOnlyReportedAndUnknownProvesNothing(EvidenceKind reported) {
        List<Finding> findings = new ArrayList<>(allPassed());
        findings.removeIf(finding -> finding.evidence().kind() == reported);
        findings.add(claim(reported, Severity.P3).unknown("not here"));

        assertThat(judge(findings, 100).decision()).isEqualTo(Decision.INCONCLUSIVE);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aViolationOutweighsWhatIsUnknown(EvidenceKind failed) {
        List<Finding> findings = with(claim(failed, Severity.P1).failed("3 rows", Optional.empty()));
        findings.add(claim(EvidenceKind.HEALTH, Severity.P1).unknown("not here"));

        assertThat(judge(findings, 100).decision()).isEqualTo(Decision.NO_GO);
    }

    @ParameterizedTest
    @EnumSource(Gate.class)
    void gateThatTheProfileDoesNotNameStillAsksForObservation(Gate gate) {
        EvidenceProfile silent = new EvidenceProfile("silent", Duration.ofSeconds(1), 1, Duration.ZERO, Duration.ZERO,
                Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(1), 0, Map.of());

        assertThat(GateJudge.judge(gate, silent, List.of(), 100).decision()).isEqualTo(Decision.INCONCLUSIVE);
    }

    @Test
    void equalEvidenceHasEqualHashInWhateverOrderItWasMeasured() {
        List<Finding> reversed = new ArrayList<>(allPassed());
        Collections.reverse(reversed);

        assertThat(judge(reversed, 0).evidenceHash()).isEqualTo(judge(allPassed(), 0).evidenceHash())
                .startsWith("sha256:");
    }

    @Test
    void anotherReasonIsNewsAnotherMeasureIsNot() {
        Judgement three = judge(with(claim(EvidenceKind.PARITY, Severity.P1).failed("3 rows", Optional.empty())), 0);
        Judgement four = judge(with(claim(EvidenceKind.PARITY, Severity.P1).failed("4 rows", Optional.empty())), 0);
        Judgement other = judge(with(claim(EvidenceKind.HEALTH, Severity.P1).failed("3 rows", Optional.empty())), 0);

        assertThat(four.openItems()).isEqualTo(three.openItems());
        assertThat(other.openItems()).isNotEqualTo(three.openItems());
    }

    private static Judgement judge(List<Finding> findings, int earlierPasses) {
        return GateJudge.judge(Gate.FINALIZE, EVERYTHING, findings, earlierPasses);
    }

    private static List<Finding> allPassed() {
        return kinds().map(kind -> claim(kind, Severity.P1).passed("fine", Optional.empty())).toList();
    }

    private static List<Finding> with(Finding finding) {
        List<Finding> findings = new ArrayList<>(allPassed());
        findings.add(finding);
        return findings;
    }

    private static Finding.Claim claim(EvidenceKind kind, Severity severity) {
        return new Finding.Claim(kind, "subject", "claim", severity, "limit", "source");
    }

    private static EvidenceProfile profile(List<EvidenceKind> required) {
        return new EvidenceProfile("strict", Duration.ofSeconds(1), 3, Duration.ZERO, Duration.ZERO, Duration.ZERO,
                Duration.ofMinutes(1), Duration.ofMinutes(1), 1, Map.of(Gate.FINALIZE, required));
    }
}
