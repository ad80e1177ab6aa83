package io.lockkeeper.executor.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;
import io.lockkeeper.messages.Verdict;

/**
 * One run as the ledger shows it: all that is needed to decide what is next.
 *
 * @param heldState where PAUSED and HALTED go back to
 * @param marker    WAL position of the last step or gate marker
 * @param steps     one for each of the plan's, in its order
 */
public record RunView(String id, Plan plan, RunState state, Optional<RunState> heldState, Optional<String> reason,
        Optional<Lsn> marker, Optional<String> correlation, Optional<String> causation, List<StepView> steps,
        List<GateView> gates, List<VerdictView> verdicts) {

    public RunView {
        steps = List.copyOf(steps);
        if (steps.size() != plan.steps().size()) {
            throw new IllegalArgumentException("run " + id + " has " + steps.size() + " steps, its plan has "
                    + plan.steps().size());
        }
        gates = List.copyOf(gates);
        verdicts = List.copyOf(verdicts);
    }

    public String target() {
        return plan.target();
    }

    public String release() {
        return plan.release();
    }

    public StepView step(String stepId) {
        return steps.stream().filter(step -> step.id().equals(stepId)).findFirst()
                .orElseThrow(() -> new IllegalStateException("run " + id + " has no step " + stepId));
    }

    /** The first step of the plan whose view fits. */
    Optional<Step> first(Predicate<StepView> wanted) {
        // By place, because a plan may have thousands of steps and this is asked at every turn.
        return IntStream.range(0, steps.size()).filter(place -> wanted.test(steps.get(place)))
                .mapToObj(plan.steps()::get)
                .findFirst();
    }

    /** Id of the step that is worked on, or is next. */
    public Optional<String> firstUndone() {
        return first(view -> !view.state().done()).map(Step::id);
    }

    public Optional<GateView> latest(Gate gate) {
        return gates.stream().filter(view -> view.gate() == gate).max(Comparator.comparingInt(GateView::attempt));
    }

    public Optional<GateView> openGate() {
        return gates.stream().filter(view -> view.state() == GateView.State.OPEN).findFirst();
    }

    /** The gate that a step stands behind: its own, else that of the nearest step before it. */
    public Optional<Gate> governing(Step step) {
        Optional<Gate> gate = Optional.empty();
        for (Step each : plan.steps()) {
            if (each.gate().isPresent()) {
                gate = each.gate();
            }
            if (each.id().equals(step.id())) {
                return gate;
            }
        }
        throw new IllegalArgumentException("plan of " + release() + " has no step " + step.id());
    }

    /** Steps that take old names away and can put them back: those behind the gate {@code contract}. */
    public List<Step> quarantine() {
        Optional<Gate> gate = Optional.empty();
        List<Step> behind = new ArrayList<>();
        for (Step each : plan.steps()) {
            gate = each.gate().isPresent() ? each.gate() : gate;
            if (gate.filter(Gate.CONTRACT::equals).isPresent()) {
                behind.add(each);
            }
        }
        return behind;
    }

    /**
     * Can the quarantine be taken back by itself, and made again later? Each of its steps is done, commits with its ledger
     * row, and has a way back without loss.
     */
    public boolean liftable() {
        List<Step> steps = quarantine();
        return state == RunState.AWAITING_FINALIZE && !steps.isEmpty() && steps.stream()
                .allMatch(step -> step(step.id()).state() == StepState.SUCCEEDED && step.action().transactional()
                        && step.undo().filter(Step.Undo::lossless).isPresent());
    }

    /** A NO_GO that was given after the GO of a gate that has passed: it stops the run before its next step. */
    public Optional<VerdictView> veto() {
        return vetoed().stream().flatMap(gate -> verdicts.stream().filter(verdict -> vetoes(verdict, gate)))
                .findFirst();
    }

    /** The gates that have passed and then got a NO_GO. */
    public List<GateView> vetoed() {
        return gates.stream().filter(gate -> gate.state() == GateView.State.PASSED)
                .filter(gate -> latest(gate.gate()).filter(gate::equals).isPresent())
                .filter(gate -> verdicts.stream().anyMatch(verdict -> vetoes(verdict, gate))).toList();
    }

    private boolean vetoes(VerdictView verdict, GateView gate) {
        boolean later = verdicts.stream().filter(go -> gate.verdict().filter(go.id()::equals).isPresent())
                .allMatch(go -> verdict.at().isAfter(go.at()));
        return verdict.decision() == Verdict.Decision.NO_GO && verdict.gate() == gate.gate()
                && verdict.gateAttempt() == gate.attempt() && verdict.planHash().equals(gate.planHash()) && later;
    }
}
