package io.lockkeeper.executor.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Views;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;

class RulingTest {

    private static final Plan PLAN = Plans.of("shop", "r1").expand("010-column", Plans.ddl("SELECT 1"))
            .pointOfNoReturn("020-drop", Gate.FINALIZE, Plans.ddl("SELECT 1")).build();
    private static final Control.Abort ABORT = new Control.Abort("shop", "r1", "ann", Optional.empty());
    private static final Control.Revert REVERT = new Control.Revert("shop", "r1", "ann", Optional.of("wrong"), false);
    private static final Control.Pause PAUSE = new Control.Pause("shop", "r1", "ann", Optional.of("lunch"));

    @ParameterizedTest
    @EnumSource(value = StepState.class, names = {"RUNNING", "SUCCEEDED"})
    void abortIsRefusedOnceThePointOfNoReturnMayHaveBeenPassed(StepState state) {
        Ruling ruling = ruling(ABORT, run(RunState.CONTRACTING, state));

        assertThat(ruling).isInstanceOf(Ruling.Refuse.class);
        assertThat(ruling.message()).contains("020-drop").contains("point of no return");
    }

    @ParameterizedTest
    @EnumSource(value = StepState.class, names = {"PENDING", "WAITING_FOR_LOCK", "FAILED"})
    void abortIsTakenAsLongAsTheDropSurelyHasNotRun(StepState state) {
        assertThat(ruling(ABORT, run(RunState.HALTED, state))).isInstanceOf(Ruling.TakeBack.class);
    }

    @Test
    void pauseSaysWhoAndWhy() {
        assertThat(ruling(PAUSE, run(RunState.MIGRATING, StepState.PENDING)))
                .isInstanceOfSatisfying(Ruling.Hold.class,
                        hold -> assertThat(hold.reason()).isEqualTo("paused by ann: lunch"));
    }

    @ParameterizedTest
    @EnumSource(value = RunState.class, names = {"COMPLETED", "ABORTED", "REVERTED"})
    void nothingIsDoneToARunThatHasEnded(RunState state) {
        assertThat(ruling(PAUSE, run(state, StepState.SUCCEEDED))).isInstanceOf(Ruling.Refuse.class);
    }

    @Test
    void resumeOfARunThatIsNotHeldChangesNothing() {
        assertThat(ruling(new Control.Resume("shop", "r1", "ann"), run(RunState.MIGRATING, StepState.PENDING)))
                .isInstanceOf(Ruling.Already.class);
    }

    @Test
    void approvalOfAnotherPlanIsRefused() {
        var approval = new Control.Approve("shop", "r1", Gate.FINALIZE, "sha256:00", Optional.empty(), "ann",
                Optional.empty());

        assertThat(ruling(approval, run(RunState.AWAITING_FINALIZE, StepState.PENDING)))
                .isInstanceOf(Ruling.Refuse.class);
    }

    @Test
    void approvalOfThisPlanIsKept() {
        var approval = new Control.Approve("shop", "r1", Gate.FINALIZE, PLAN.hash(), Optional.empty(), "ann",
                Optional.empty());

        assertThat(ruling(approval, run(RunState.AWAITING_FINALIZE, StepState.PENDING)))
                .isInstanceOf(Ruling.Record.class);
    }

    @Test
    void completedRunIsRevertedIfAllWillBeAsBefore() {
        assertThat(ruling(REVERT, completed(Plans.undo(List.of(), "SELECT 2"))))
                .isInstanceOfSatisfying(Ruling.TakeBack.class, back -> {
                    assertThat(back.state()).isEqualTo(RunState.REVERTING);
                    assertThat(back.reason()).isEqualTo("reverted by ann: wrong");
                });
    }

    @Test
    void revertThatLosesSomethingSaysWhatAndIsDoneOnlyIfThatIsAccepted() {
        RunView lossy = completed(Optional.of(new Step.Undo(List.of(), List.of(), false, "the rows stay")));
        Aftermath drift = new Aftermath(Optional.empty(), List.of("somebody's body of total()"));

        assertThat(ruling(REVERT, lossy)).isInstanceOf(Ruling.Refuse.class).extracting(Ruling::message).asString()
                .contains("010-one", "the rows stay", "--accept-loss");
        assertThat(Ruling.of(REVERT, completed(Plans.undo(List.of(), "SELECT 2")), drift).message())
                .contains("somebody's body of total()");
        assertThat(Ruling.of(new Control.Revert("shop", "r1", "ann", Optional.empty(), true), lossy, drift))
                .isInstanceOf(Ruling.TakeBack.class).extracting(Ruling::message).asString()
                .contains("accepted: 010-one", "somebody's body");
    }

    @Test
    void revertIsRefusedWhereALaterReleaseBuildsOnIt() {
        assertThat(Ruling.of(REVERT, completed(Plans.undo(List.of(), "SELECT 2")),
                new Aftermath(Optional.of("release r2 came later"), List.of()))).isInstanceOf(Ruling.Refuse.class)
                .extracting(Ruling::message).asString().contains("release r2 came later", "revert that first");
    }

    @Test
    void revertIsRefusedAfterThePointOfNoReturn() {
        assertThat(ruling(REVERT, run(RunState.COMPLETED, StepState.SUCCEEDED))).isInstanceOf(Ruling.Refuse.class)
                .extracting(Ruling::message).asString().contains("020-drop", "point of no return", "new release");
    }

    @Test
    void revertOfAnOpenRunAbortsIt() {
        assertThat(ruling(REVERT, run(RunState.EXPANDING, StepState.PENDING)))
                .isInstanceOfSatisfying(Ruling.TakeBack.class,
                        back -> assertThat(back.state()).isEqualTo(RunState.ABORTING));
    }

    @Test
    void revertTwiceIsOneRevert() {
        assertThat(ruling(REVERT, run(RunState.REVERTING, StepState.PENDING))).isInstanceOf(Ruling.Already.class);
        assertThat(ruling(REVERT, run(RunState.REVERTED, StepState.PENDING))).isInstanceOf(Ruling.Already.class);
    }

    private static Ruling ruling(Control control, RunView run) {
        return Ruling.of(control, run, Aftermath.NOTHING);
    }

    private static RunView completed(Optional<Step.Undo> undo) {
        Plan plan = Plans.of("shop", "r1")
                .step("010-one", Phase.EXPAND, null, Plans.ddl("SELECT 1"), List.of(), undo).build();
        return Views.run(plan, RunState.COMPLETED,
                Map.of("010-one", StepState.SUCCEEDED, "999-conclude", StepState.SUCCEEDED), List.of(), List.of());
    }

    private static RunView run(RunState state, StepState drop) {
        return Views.run(PLAN, state, Map.of("010-column", StepState.SUCCEEDED, "020-drop", drop), List.of(),
                List.of());
    }
}
