package io.lockkeeper.cli.client;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.StepState;

/** One run as the executor tells it. */
public record RunView(String run, String target, String release, String planHash, RunState state,
        Optional<String> reason, List<String> milestones, List<StepView> steps, List<GateView> gates) {

    public record StepView(String id, String title, Phase phase, Optional<Gate> gate, StepState state, int attempts,
            Optional<Long> rows) {

        public StepView {
            gate = gate == null ? Optional.empty() : gate;
            rows = rows == null ? Optional.empty() : rows;
        }
    }

    /** @param state {@code OPEN}, {@code PASSED} or {@code CLOSED} */
    public record GateView(Gate gate, int attempt, String state) {}

    public RunView {
        reason = reason == null ? Optional.empty() : reason;
        milestones = milestones == null ? List.of() : List.copyOf(milestones);
        steps = steps == null ? List.of() : List.copyOf(steps);
        gates = gates == null ? List.of() : List.copyOf(gates);
    }

    public long stepsDone() {
        return steps.stream().filter(step -> step.state().done()).count();
    }

    public Optional<StepView> currentStep() {
        return steps.stream().filter(step -> !step.state().done() && step.state() != StepState.PENDING).findFirst();
    }

    public Optional<GateView> openGate() {
        return gates.stream().filter(gate -> "OPEN".equals(gate.state())).findFirst();
    }
}
