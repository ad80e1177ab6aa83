package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;

import com.fasterxml.jackson.databind.jsontype.NamedType;
import org.junit.jupiter.api.Test;

/** Names that were released, spelt out: renaming a constant in Java must not rename it on the wire. */
class WireNamesTest {

    @Test
    void gates() {
        assertThat(wire(Gate.values())).containsExactly("armed", "old-version-gone", "swap", "contract", "finalize",
                "watched");
        assertThat(Gate.values()).allSatisfy(gate -> assertThat(Gate.of(gate.wireName())).isEqualTo(gate));
        assertThatIllegalArgumentException().isThrownBy(() -> Gate.of("ARMED"))
                .withMessage("no gate is called ARMED");
    }

    @Test
    void statesAndDecisions() {
        assertThat(wire(RunState.values())).containsExactly("CLAIMED", "ARMING", "EXPANDING", "MIGRATING",
                "AWAITING_CONTRACT", "QUARANTINING", "AWAITING_FINALIZE", "LIFTING", "CONTRACTING", "WATCHING",
                "COMPLETED",
                "PAUSED", "HALTED", "ABORTING", "ABORTED", "REVERTING", "REVERTED");
        assertThat(RunState.values()).filteredOn(RunState::terminal).containsExactly(RunState.COMPLETED,
                RunState.ABORTED, RunState.REVERTED);
        assertThat(RunState.values()).filteredOn(RunState::takingBack).containsExactly(RunState.ABORTING,
                RunState.REVERTING);
        assertThat(RunState.values()).filteredOn(RunState::backwards).containsExactly(RunState.LIFTING,
                RunState.ABORTING, RunState.REVERTING);
        assertThat(wire(StepState.values())).containsExactly("PENDING", "RUNNING", "WAITING_FOR_LOCK", "THROTTLED",
                "SUCCEEDED", "FAILED", "SKIPPED", "REVERTED");
        assertThat(StepState.values()).filteredOn(StepState::done).containsExactly(StepState.SUCCEEDED,
                StepState.SKIPPED);
        assertThat(wire(Verdict.Decision.values())).containsExactly("GO", "NO_GO", "INCONCLUSIVE");
        assertThat(wire(Evidence.Status.values())).containsExactly("PASSED", "FAILED", "UNKNOWN");
        assertThat(wire(Severity.values())).containsExactly("P0", "P1", "P2", "P3");
        assertThat(wire(Failure.Kind.values())).containsExactly("USER", "TRANSIENT", "EXTERNAL", "BUG");
    }

    @Test
    void wordsOfThePlan() {
        assertThat(wire(Phase.values())).containsExactly("expand", "migrate", "contract");
        assertThat(wire(OutcomeEvent.MilestoneReached.Milestone.values())).containsExactly("expanded", "migrated",
                "completed");
        assertThat(wire(SessionSelector.By.values())).containsExactly("application-name", "role", "address");
        assertThat(wire(EvidenceKind.values())).containsExactly("observation", "baseline", "parity", "invariants",
                "old-sessions", "callers", "rollout", "health", "revert-window", "approval");
        assertThat(WireNames.ACTIONS).extracting(NamedType::getName).containsExactly("ddl", "replace-routine",
                "create-index", "drop-index", "validate-constraint", "detach-partition", "reindex", "refresh-view",
                "backfill", "change-rows", "check", "as-written", "create-publication", "conclude");
        assertThat(WireNames.kind(new Action.Ddl(List.of()))).isEqualTo("ddl");
    }

    @Test
    void topicsAndTypes() {
        assertThat(WireNames.TOPICS).containsExactly("releases", "plans", "outcomes", "verdicts", "alerts",
                "controls");
        assertThat(WireNames.TYPES).extracting(type -> type.topic() + " " + type.name()).containsExactly(
                "releases io.lockkeeper.release.requested.v1", "releases io.lockkeeper.version.deployed.v1",
                "releases io.lockkeeper.version.rolledback.v1", "releases io.lockkeeper.version.retired.v1",
                "plans io.lockkeeper.plan.proposed.v1", "plans io.lockkeeper.plan.refused.v1",
                "outcomes io.lockkeeper.run.changed.v1", "outcomes io.lockkeeper.run.refused.v1",
                "outcomes io.lockkeeper.preflight.done.v1", "outcomes io.lockkeeper.milestone.reached.v1",
                "outcomes io.lockkeeper.step.changed.v1",
                "outcomes io.lockkeeper.step.progressed.v1", "outcomes io.lockkeeper.lock.waited.v1",
                "outcomes io.lockkeeper.gate.opened.v1", "outcomes io.lockkeeper.gate.passed.v1",
                "outcomes io.lockkeeper.gate.overdue.v1", "verdicts io.lockkeeper.verdict.given.v1",
                "alerts io.lockkeeper.alert.raised.v1", "alerts io.lockkeeper.alert.resolved.v1",
                "controls io.lockkeeper.control.approve.v1", "controls io.lockkeeper.control.pause.v1",
                "controls io.lockkeeper.control.resume.v1", "controls io.lockkeeper.control.abort.v1",
                "controls io.lockkeeper.control.revert.v1", "controls io.lockkeeper.control.tune.v1");
        assertThat(WireNames.type("io.lockkeeper.plan.proposed.v9")).isEmpty();
    }

    private static List<String> wire(Enum<?>[] values) {
        return Arrays.stream(values)
                .map(value -> MessageJson.mapper().valueToTree(value).textValue()).toList();
    }
}
