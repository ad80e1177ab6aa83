package io.lockkeeper.observer.ledger;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.StepState;

/** A run that is not over, as the ledger shows it in one snapshot. */
public record LedgerRun(String id, String target, String release, String planHash, RunState state,
        Optional<String> correlation, Plan plan, List<LedgerStep> steps, List<LedgerGate> gates,
        List<Approval> approvals) {

    private static final String CONCLUDE = "conclude";

    public LedgerRun {
        steps = List.copyOf(steps);
        gates = List.copyOf(gates);
        approvals = List.copyOf(approvals);
    }

    public Optional<LedgerGate> openGate() {
        return gates.stream().filter(LedgerGate::open).findFirst();
    }

    /** The gate that passed last, once the steps behind it may run. */
    public Optional<LedgerGate> lastPassed() {
        return gates.stream().filter(gate -> gate.state() == LedgerGate.State.PASSED)
                .filter(gate -> gate.passedAt().isPresent())
                .max(Comparator.comparing(gate -> gate.passedAt().get()));
    }

    /** Steps that take something away are still to come or running, behind a gate that has let them through. */
    public boolean contracting() {
        return state != RunState.LIFTING && openGate().isEmpty()
                && lastPassed().filter(gate -> gate.gate() != Gate.ARMED).isPresent()
                && steps.stream().anyMatch(step -> step.phase() == Phase.CONTRACT && !step.state().done()
                        && !step.kind().equals(CONCLUDE));
    }

    /** Did a person let this gate be judged anew, and so answer for what was not known? */
    public boolean reopenedByAPerson(LedgerGate gate) {
        return gate.attempt() > 1 && lifted(gate).isEmpty();
    }

    /**
     * A further attempt that follows another gate's was opened because the quarantine was lifted, not by a person.
     *
     * @return a moment before it was lifted; empty where this is no such attempt
     */
    public Optional<Instant> lifted(LedgerGate gate) {
        return gates.stream().filter(other -> gate.attempt() > 1 && other.openedAt().isBefore(gate.openedAt()))
                .max(Comparator.comparing(LedgerGate::openedAt)).filter(last -> last.gate() != gate.gate())
                .map(LedgerGate::openedAt);
    }

    /** When the last step behind one of these gates was done. */
    public Optional<Instant> finished(List<Gate> behind) {
        return steps.stream().filter(step -> step.gate().filter(behind::contains).isPresent())
                .filter(step -> step.state().done()).flatMap(step -> step.finishedAt().stream())
                .max(Comparator.naturalOrder());
    }

    /** Nothing of the run is left to be watched: the last step waits for the slot to go, or the run is taken back. */
    public boolean retiring() {
        return state.terminal() || state.takingBack() || steps.stream()
                .anyMatch(step -> step.kind().equals(CONCLUDE)
                        && (step.state() == StepState.RUNNING || step.state().done()));
    }
}
