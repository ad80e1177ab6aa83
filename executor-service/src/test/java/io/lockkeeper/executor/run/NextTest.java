package io.lockkeeper.executor.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Views;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached.Milestone;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.StepState;
import io.lockkeeper.messages.Verdict.Decision;

class NextTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Plan PLAN = Plans.of("shop", "r1")
            .expand("000-publication", new Action.CreatePublication("lockkeeper_0", List.of(Plans.table("orders"))))
            .step("010-column", Phase.EXPAND, Gate.ARMED, Plans.ddl("SELECT 1"), List.of(), Optional.empty())
            .migrate("020-backfill", Plans.ddl("SELECT 1"))
            .contract("030-quarantine", Gate.CONTRACT, Plans.ddl("SELECT 1"))
            .contract("040-drop", Gate.FINALIZE, Plans.ddl("SELECT 1")).build();

    @Test
    void stepBeforeTheFirstGateRunsAtOnce() {
        assertThat(Next.of(run(Map.of(), List.of())))
                .isEqualTo(new Next.RunStep(PLAN.step("000-publication"), RunState.ARMING));
    }

    @Test
    void gateIsOpenedBeforeItsStep() {
        assertThat(Next.of(run(done("000-publication"), List.of())))
                .isEqualTo(new Next.OpenGate(Gate.ARMED, 1, RunState.ARMING));
    }

    @Test
    void openGateIsAwaited() {
        GateView open = gate(Gate.ARMED, 1, GateView.State.OPEN);

        assertThat(Next.of(run(done("000-publication"), List.of(open))))
                .isEqualTo(new Next.AwaitGate(open, RunState.ARMING));
    }

    @Test
    void stepRunsOnceItsGateHasPassed() {
        assertThat(Next.of(run(done("000-publication"), List.of(passed(Gate.ARMED)))))
                .isEqualTo(new Next.RunStep(PLAN.step("010-column"), RunState.EXPANDING));
    }

    @Test
    void stepWithoutAGateStandsBehindTheOneBefore() {
        var closed = gate(Gate.ARMED, 1, GateView.State.CLOSED);

        assertThat(Next.of(run(done("000-publication", "010-column"), List.of(closed))))
                .isEqualTo(new Next.OpenGate(Gate.ARMED, 2, RunState.ARMING));
    }

    @Test
    void stepThatWasInterruptedRunsAgain() {
        Map<String, StepState> states = Map.of("000-publication", StepState.SUCCEEDED, "010-column",
                StepState.WAITING_FOR_LOCK);

        assertThat(Next.of(run(states, List.of(passed(Gate.ARMED)))))
                .isEqualTo(new Next.RunStep(PLAN.step("010-column"), RunState.EXPANDING));
    }

    @Test
    void statesFollowFromTheStepAndItsGate() {
        var gates = List.of(passed(Gate.ARMED), passed(Gate.CONTRACT), passed(Gate.FINALIZE), passed(Gate.WATCHED));

        assertThat(state(run(done("000-publication", "010-column"), gates))).isEqualTo(RunState.MIGRATING);
        assertThat(state(run(done("000-publication", "010-column", "020-backfill"), gates)))
                .isEqualTo(RunState.QUARANTINING);
        assertThat(state(run(done("000-publication", "010-column", "020-backfill", "030-quarantine"), gates)))
                .isEqualTo(RunState.CONTRACTING);
        assertThat(state(run(done("000-publication", "010-column", "020-backfill", "030-quarantine", "040-drop"),
                gates))).isEqualTo(RunState.WATCHING);
    }

    @Test
    void laterNoGoHaltsBeforeTheNextStep() {
        RunView run = run(done("000-publication"), List.of(passed(Gate.ARMED)), verdict("go", Decision.GO, 0),
                verdict("no", Decision.NO_GO, 5));

        assertThat(Next.of(run)).isInstanceOfSatisfying(Next.Halt.class,
                halt -> assertThat(halt.failure().code()).isEqualTo("no-go"));
    }

    @Test
    void earlierNoGoDoesNotHalt() {
        RunView run = run(done("000-publication"), List.of(passed(Gate.ARMED)), verdict("go", Decision.GO, 0),
                verdict("no", Decision.NO_GO, -5));

        assertThat(Next.of(run)).isInstanceOf(Next.RunStep.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"PAUSED", "HALTED"})
    void heldRunDoesNothing(RunState state) {
        assertThat(Next.of(Views.run(PLAN, state, List.of(), List.of()))).isEqualTo(new Next.Held());
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "ABORTED", "REVERTED"})
    void endedRunDoesNothing(RunState state) {
        assertThat(Next.of(Views.run(PLAN, state, List.of(), List.of()))).isEqualTo(new Next.Ended());
    }

    @Test
    void abortTakesBackInReverseOrderWhatWasBegun() {
        Map<String, StepState> states = Map.of("000-publication", StepState.SUCCEEDED, "010-column",
                StepState.SUCCEEDED, "020-backfill", StepState.FAILED);

        assertThat(Next.of(aborting(states))).isEqualTo(new Next.UndoStep(PLAN.step("020-backfill")));
        assertThat(Next.of(aborting(Map.of("000-publication", StepState.SUCCEEDED, "010-column", StepState.SUCCEEDED,
                "020-backfill", StepState.REVERTED)))).isEqualTo(new Next.UndoStep(PLAN.step("010-column")));
        assertThat(Next.of(aborting(Map.of("000-publication", StepState.REVERTED))))
                .isEqualTo(new Next.ConcludeTakingBack());
    }

    @Test
    void revertTakesBackFromTheLastStepAndReachesNoMilestone() {
        RunView run = Views.run(PLAN, RunState.REVERTING,
                Map.of("000-publication", StepState.SUCCEEDED, "010-column", StepState.SUCCEEDED, "999-conclude",
                        StepState.SUCCEEDED),
                List.of(passed(Gate.ARMED)), List.of());

        assertThat(Next.of(run)).isEqualTo(new Next.UndoStep(PLAN.step("999-conclude")));
        assertThat(Milestones.reached(run)).isEmpty();
    }

    @Test
    void liftTakesBackTheQuarantineAloneAndOpensItsGateAgain() {
        Map<String, StepState> done = done("000-publication", "010-column", "020-backfill", "030-quarantine");
        Map<String, StepState> back = new HashMap<>(done);
        back.put("030-quarantine", StepState.REVERTED);
        List<GateView> gates = List.of(passed(Gate.ARMED), gate(Gate.CONTRACT, 1, GateView.State.CLOSED),
                gate(Gate.FINALIZE, 1, GateView.State.CLOSED));

        assertThat(Next.of(Views.run(PLAN, RunState.LIFTING, done, gates, List.of())))
                .isEqualTo(new Next.UndoStep(PLAN.step("030-quarantine")));
        assertThat(Next.of(Views.run(PLAN, RunState.LIFTING, back, gates, List.of())))
                .isEqualTo(new Next.OpenGate(Gate.CONTRACT, 2, RunState.AWAITING_CONTRACT));
    }

    @Test
    void milestonesWaitForTheirPhases() {
        var armed = List.of(passed(Gate.ARMED));

        assertThat(Milestones.reached(run(done("000-publication"), armed))).isEmpty();
        assertThat(Milestones.reached(run(done("000-publication", "010-column"), armed)))
                .containsExactly(Milestone.EXPANDED);
        assertThat(Milestones.reached(run(done("000-publication", "010-column", "020-backfill"), armed)))
                .containsExactly(Milestone.EXPANDED, Milestone.MIGRATED);
    }

    @Test
    void planWithoutExpandStepsHasNotExpandedBeforeItIsArmed() {
        Plan plan = Plans.of("shop", "r2")
                .step("010-backfill", Phase.MIGRATE, Gate.ARMED, Plans.ddl("SELECT 1"), List.of(), Optional.empty())
                .build();

        assertThat(Milestones.reached(Views.run(plan, RunState.ARMING,
                List.of(gate(Gate.ARMED, 1, GateView.State.OPEN)), List.of()))).isEmpty();
        assertThat(Milestones.reached(Views.run(plan, RunState.MIGRATING, List.of(passed(Gate.ARMED)), List.of())))
                .containsExactly(Milestone.EXPANDED);
    }

    private static RunState state(RunView run) {
        return ((Next.RunStep) Next.of(run)).state();
    }

    private static RunView run(Map<String, StepState> states, List<GateView> gates, VerdictView... verdicts) {
        return Views.run(PLAN, RunState.EXPANDING, states, gates, List.of(verdicts));
    }

    private static RunView aborting(Map<String, StepState> states) {
        return Views.run(PLAN, RunState.ABORTING, states, List.of(), List.of());
    }

    private static Map<String, StepState> done(String... ids) {
        return List.of(ids).stream()
                .collect(Collectors.toMap(id -> id, id -> StepState.SUCCEEDED));
    }

    private static GateView gate(Gate gate, int attempt, GateView.State state) {
        return new GateView(gate, attempt, state, PLAN.hash(), new Lsn(1), Optional.empty(), NOW, false);
    }

    private static GateView passed(Gate gate) {
        return new GateView(gate, 1, GateView.State.PASSED, PLAN.hash(), new Lsn(1), Optional.of("go"), NOW, false);
    }

    private static VerdictView verdict(String id, Decision decision, int seconds) {
        return new VerdictView(id, Gate.ARMED, 1, decision, PLAN.hash(), NOW.plusSeconds(seconds));
    }
}
