package io.lockkeeper.executor.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.lockkeeper.executor.run.GateView;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.run.VerdictView;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Views;
import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;

class ReceiptTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Lsn MARKER = Lsn.parse("0/1000");
    private static final List<Evidence> EVIDENCE = List.of(new Evidence(EvidenceKind.OBSERVATION, "stream", "observed",
            Evidence.Status.PASSED, Severity.P1, "0/1008", "0/1000", "stream", Optional.empty()));
    private static final Plan PLAN = Plans.of("shop", "r1")
            .contract("010-quarantine", Gate.CONTRACT, Plans.ddl("SELECT 1")).build();

    @Test
    void goThatMatchesInEveryFieldOpensTheGate() {
        assertThat(Receipt.of(go(), run(GateView.State.OPEN), NOW)).isInstanceOf(Receipt.Opens.class);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mismatches")
    void goThatDiffersInOneFieldOpensNothing(String field, UnaryOperator<Edit> edit, String note) {
        Verdict verdict = edit.apply(new Edit(go())).verdict();

        Receipt receipt = Receipt.of(verdict, run(GateView.State.OPEN), NOW);

        assertThat(receipt).isInstanceOf(Receipt.Noted.class);
        assertThat(receipt.note()).contains(note);
    }

    static Stream<Arguments> mismatches() {
        return Stream.of(mismatch("target", edit -> edit.target("other"), "another run"),
                mismatch("release", edit -> edit.release("r2"), "another run"),
                mismatch("run", edit -> edit.run("ffff"), "another run"),
                mismatch("gate", edit -> edit.gate(Gate.FINALIZE), "has not been opened"),
                mismatch("gate attempt before", edit -> edit.attempt(1), "for attempt 1"),
                mismatch("gate attempt after", edit -> edit.attempt(3), "for attempt 3"),
                mismatch("plan hash", edit -> edit.planHash("sha256:00"), "another plan"),
                mismatch("marker", edit -> edit.marker(Lsn.parse("0/FF8")), "for marker"),
                mismatch("later marker", edit -> edit.marker(Lsn.parse("0/1008")), "for marker"),
                mismatch("observed", edit -> edit.observed(Lsn.parse("0/FFF")), "observed only"),
                mismatch("evidence hash", edit -> edit.evidenceHash("sha256:00"), "evidence hash"),
                mismatch("expiry", edit -> edit.validUntil(NOW), "expired"),
                mismatch("no-go", edit -> edit.decision(Decision.NO_GO), "keeps the gate closed"),
                mismatch("inconclusive", edit -> edit.decision(Decision.INCONCLUSIVE), "keeps the gate closed"));
    }

    private static Arguments mismatch(String field, UnaryOperator<Edit> edit, String note) {
        return Arguments.of(field, edit, note);
    }

    @ParameterizedTest
    @EnumSource(value = Decision.class, mode = EnumSource.Mode.EXCLUDE, names = "GO")
    void goOlderThanAnotherWordOpensNothing(Decision word) {
        RunView run = run(GateView.State.OPEN, new VerdictView("v0", Gate.CONTRACT, 2, word, PLAN.hash(),
                NOW.plusSeconds(1)));

        assertThat(Receipt.of(go(), run, NOW).note()).isEqualTo("a later " + word + " is known");
    }

    @Test
    void goNewerThanAKnownNoGoOpensTheGate() {
        RunView run = run(GateView.State.OPEN, new VerdictView("v0", Gate.CONTRACT, 2, Decision.NO_GO, PLAN.hash(),
                NOW.minusSeconds(30)));

        assertThat(Receipt.of(go(), run, NOW)).isInstanceOf(Receipt.Opens.class);
    }

    @Test
    void goForAGateThatHasPassedOpensNothing() {
        assertThat(Receipt.of(go(), run(GateView.State.PASSED), NOW).note()).contains("has passed already");
    }

    @Test
    void goForAClosedGateOpensNothing() {
        assertThat(Receipt.of(go(), run(GateView.State.CLOSED), NOW).note()).contains("closed");
    }

    @Test
    void noGoForAGateThatHasPassedVetoes() {
        Verdict noGo = new Edit(go()).decision(Decision.NO_GO).verdict();

        assertThat(Receipt.of(noGo, run(GateView.State.PASSED), NOW)).isInstanceOf(Receipt.Vetoes.class);
    }

    @Test
    void rolledBackApplicationLiftsAQuarantineThatGoesBackWithoutLoss() {
        assertThat(inQuarantine(true, NOW.plusSeconds(60))).isInstanceOf(Receipt.Lifts.class);
        assertThat(inQuarantine(false, NOW.plusSeconds(60)).note()).contains("abort takes the run back");
        assertThat(inQuarantine(true, NOW).note()).contains("keeps the gate closed");
    }

    private static Receipt inQuarantine(boolean lossless, Instant until) {
        Plan plan = Plans.of("shop", "r1")
                .step("010-quarantine", Phase.CONTRACT, Gate.CONTRACT, Plans.ddl("SELECT 1"), List.of(),
                        Optional.of(new Step.Undo(List.of(Plans.ddl("SELECT 2")), List.of(), lossless, "")))
                .pointOfNoReturn("020-drop", Gate.FINALIZE, Plans.ddl("SELECT 3")).build();
        GateView open = new GateView(Gate.FINALIZE, 1, GateView.State.OPEN, plan.hash(), MARKER, Optional.empty(), NOW,
                false);
        RunView run = Views.run(plan, RunState.AWAITING_FINALIZE, Map.of("010-quarantine", StepState.SUCCEEDED),
                List.of(open), List.of());
        List<Evidence> evidence = List.of(new Evidence(EvidenceKind.ROLLOUT, "shop 2", "it takes traffic",
                Evidence.Status.FAILED, Severity.P1, "rolled back", "deployed", "events", Optional.empty()));
        return Receipt.of(new Verdict("shop", "r1", Views.RUN, Gate.FINALIZE, 1, plan.hash(), MARKER,
                Lsn.parse("0/1008"), Decision.NO_GO, evidence, PlanHash.of(evidence), "demo", NOW.minusSeconds(1),
                until), run, NOW);
    }

    @Test
    void verdictForARunThatHasEndedOpensNothing() {
        RunView ended = Views.run(PLAN, RunState.ABORTED, List.of(gate(GateView.State.OPEN)), List.of());

        assertThat(Receipt.of(go(), ended, NOW).note()).contains("has ended");
    }

    private static RunView run(GateView.State state, VerdictView... verdicts) {
        return Views.run(PLAN, RunState.AWAITING_CONTRACT, List.of(gate(state)), List.of(verdicts));
    }

    private static GateView gate(GateView.State state) {
        return new GateView(Gate.CONTRACT, 2, state, PLAN.hash(), MARKER, Optional.empty(), NOW, false);
    }

    private static Verdict go() {
        return new Verdict("shop", "r1", Views.RUN, Gate.CONTRACT, 2, PLAN.hash(), MARKER, Lsn.parse("0/1008"),
                Decision.GO, EVIDENCE, PlanHash.of(EVIDENCE), "demo", NOW.minusSeconds(1), NOW.plusSeconds(60));
    }

    /** One field changed. */
    record Edit(Verdict verdict) {

        Edit target(String target) {
            return of(target, verdict.release(), verdict.run(), verdict.gate(), verdict.gateAttempt());
        }

        Edit release(String release) {
            return of(verdict.target(), release, verdict.run(), verdict.gate(), verdict.gateAttempt());
        }

        Edit run(String run) {
            return of(verdict.target(), verdict.release(), run, verdict.gate(), verdict.gateAttempt());
        }

        Edit gate(Gate gate) {
            return of(verdict.target(), verdict.release(), verdict.run(), gate, verdict.gateAttempt());
        }

        Edit attempt(int attempt) {
            return of(verdict.target(), verdict.release(), verdict.run(), verdict.gate(), attempt);
        }

        Edit planHash(String planHash) {
            return of(planHash, verdict.marker(), verdict.observed(), verdict.decision(), verdict.evidenceHash(),
                    verdict.validUntil());
        }

        Edit marker(Lsn marker) {
            return of(verdict.planHash(), marker, verdict.observed(), verdict.decision(), verdict.evidenceHash(),
                    verdict.validUntil());
        }

        Edit observed(Lsn observed) {
            return of(verdict.planHash(), verdict.marker(), observed, verdict.decision(), verdict.evidenceHash(),
                    verdict.validUntil());
        }

        Edit decision(Decision decision) {
            return of(verdict.planHash(), verdict.marker(), verdict.observed(), decision, verdict.evidenceHash(),
                    verdict.validUntil());
        }

        Edit evidenceHash(String hash) {
            return of(verdict.planHash(), verdict.marker(), verdict.observed(), verdict.decision(), hash,
                    verdict.validUntil());
        }

        Edit validUntil(Instant until) {
            return of(verdict.planHash(), verdict.marker(), verdict.observed(), verdict.decision(),
                    verdict.evidenceHash(), until);
        }

        private Edit of(String target, String release, String run, Gate gate, int attempt) {
            return new Edit(new Verdict(target, release, run, gate, attempt, verdict.planHash(), verdict.marker(),
                    verdict.observed(), verdict.decision(), verdict.evidence(), verdict.evidenceHash(),
                    verdict.profile(), verdict.at(), verdict.validUntil()));
        }

        private Edit of(String planHash, Lsn marker, Lsn observed, Decision decision, String evidenceHash,
                Instant until) {
            return new Edit(new Verdict(verdict.target(), verdict.release(), verdict.run(), verdict.gate(),
                    verdict.gateAttempt(), planHash, marker, observed, decision, verdict.evidence(), evidenceHash,
                    verdict.profile(), verdict.at(), until));
        }
    }
}
