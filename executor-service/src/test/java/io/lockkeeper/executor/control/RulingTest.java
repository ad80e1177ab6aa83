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
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.StepState;

class RulingTest {

    private static final Plan PLAN = Plans.of("shop", "r1").expand("010-column", Plans.ddl("SELECT 1"))
            .pointOfNoReturn("020-drop", Gate.FINALIZE, Plans.ddl("SELECT 1")).build();
    private static final Control.Abort ABORT = new Control.Abort("shop", "r1", "ann", Optional.empty());
    private static final Control.Pause PAUSE = new Control.Pause("shop", "r1", "ann", Optional.of("lunch"));

    @ParameterizedTest
    @EnumSource(value = StepState.class, names = {"RUNNING", "SUCCEEDED"})
    void abortIsRefusedOnceThePointOfNoReturnMayHaveBeenPassed(StepState state) {
        Ruling ruling = Ruling.of(ABORT, run(RunState.CONTRACTING, state));

        assertThat(ruling).isInstanceOf(Ruling.Refuse.class);
        assertThat(ruling.message()).contains("020-drop").contains("point of no return");
    }

    @ParameterizedTest
    @EnumSource(value = StepState.class, names = {"PENDING", "WAITING_FOR_LOCK", "FAILED"})
    void abortIsTakenAsLongAsTheDropSurelyHasNotRun(StepState state) {
        assertThat(Ruling.of(ABORT, run(RunState.HALTED, state))).isInstanceOf(Ruling.TakeBack.class);
    }

    @Test
    void pauseSaysWhoAndWhy() {
        assertThat(Ruling.of(PAUSE, run(RunState.MIGRATING, StepState.PENDING)))
                .isInstanceOfSatisfying(Ruling.Hold.class,
                        hold -> assertThat(hold.reason()).isEqualTo("paused by ann: lunch"));
    }

    @ParameterizedTest
    @EnumSource(value = RunState.class, names = {"COMPLETED", "ABORTED", "REVERTED"})
    void nothingIsDoneToARunThatHasEnded(RunState state) {
        assertThat(Ruling.of(PAUSE, run(state, StepState.SUCCEEDED))).isInstanceOf(Ruling.Refuse.class);
    }

    @Test
    void resumeOfARunThatIsNotHeldChangesNothing() {
        assertThat(Ruling.of(new Control.Resume("shop", "r1", "ann"), run(RunState.MIGRATING, StepState.PENDING)))
                .isInstanceOf(Ruling.Already.class);
    }

    @Test
    void approvalOfAnotherPlanIsRefused() {
        var approval = new Control.Approve("shop", "r1", Gate.FINALIZE, "sha256:00", Optional.empty(), "ann",
                Optional.empty());

        assertThat(Ruling.of(approval, run(RunState.AWAITING_FINALIZE, StepState.PENDING)))
                .isInstanceOf(Ruling.Refuse.class);
    }

    @Test
    void approvalOfThisPlanIsKept() {
        var approval = new Control.Approve("shop", "r1", Gate.FINALIZE, PLAN.hash(), Optional.empty(), "ann",
                Optional.empty());

        assertThat(Ruling.of(approval, run(RunState.AWAITING_FINALIZE, StepState.PENDING)))
                .isInstanceOf(Ruling.Record.class);
    }

    private static RunView run(RunState state, StepState drop) {
        return Views.run(PLAN, state, Map.of("010-column", StepState.SUCCEEDED, "020-drop", drop), List.of(),
                List.of());
    }
}
