package io.lockkeeper.executor.run;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;

/** What a run does next: a pure function of what the ledger shows, so that any executor comes to the same answer. */
public sealed interface Next {

    /** @param state the run's state while it does this */
    record RunStep(Step step, RunState state) implements Next {}

    record OpenGate(Gate gate, int attempt, RunState state) implements Next {}

    record AwaitGate(GateView gate, RunState state) implements Next {}

    /** Stop and ask for a person. */
    record Halt(Failure failure) implements Next {}

    /** Take one step back. */
    record UndoStep(Step step) implements Next {}

    /** Everything is taken back. */
    record ConcludeTakingBack() implements Next {}

    /** A person holds it. */
    record Held() implements Next {}

    record Ended() implements Next {}

    static Next of(RunView run) {
        return switch (run.state()) {
            case COMPLETED, ABORTED, REVERTED -> new Ended();
            case PAUSED, HALTED -> new Held();
            case ABORTING, REVERTING -> backwards(run, run.plan().steps()).orElseGet(ConcludeTakingBack::new);
            case LIFTING -> backwards(run, run.quarantine()).orElseGet(() -> open(run, Gate.CONTRACT));
            case CLAIMED, ARMING, EXPANDING, MIGRATING, AWAITING_CONTRACT, QUARANTINING, AWAITING_FINALIZE, CONTRACTING,
                    WATCHING ->
                forwards(run);
        };
    }

    private static Next forwards(RunView run) {
        Optional<Step> pending = run.first(view -> !view.state().done());
        if (pending.isEmpty()) {
            return new Halt(new Failure("plan-without-end", Failure.Kind.BUG, Optional.empty(),
                    "every step of run " + run.id()
                            + " is done but none concluded it: report this, then abort the run"));
        }
        Step step = pending.get();
        Optional<VerdictView> veto = run.veto();
        if (veto.isPresent()) {
            return new Halt(new Failure("no-go", Failure.Kind.EXTERNAL, Optional.empty(),
                    "gate " + veto.get().gate().wireName() + " had passed, then verdict " + veto.get().id()
                            + " said NO_GO before step " + step.id()
                            + ": look at its evidence; resume opens the gate for a new judgement, abort takes back"));
        }
        Optional<Gate> gate = run.governing(step);
        if (gate.isEmpty()) {
            return new RunStep(step, RunStates.running(run, step));
        }
        Optional<GateView> latest = run.latest(gate.get());
        if (latest.isEmpty() || latest.get().state() == GateView.State.CLOSED) {
            return open(run, gate.get());
        }
        if (latest.get().state() == GateView.State.OPEN) {
            return new AwaitGate(latest.get(), RunStates.awaiting(gate.get()));
        }
        return new RunStep(step, RunStates.running(run, step));
    }

    private static Next open(RunView run, Gate gate) {
        int attempt = run.latest(gate).map(GateView::attempt).orElse(0) + 1;
        return new OpenGate(gate, attempt, RunStates.awaiting(gate));
    }

    /** Empty once all of these are taken back. */
    private static Optional<Next> backwards(RunView run, List<Step> steps) {
        for (int index = steps.size() - 1; index >= 0; index--) {
            StepView view = run.step(steps.get(index).id());
            if (view.state() == StepState.SUCCEEDED || view.halfDone()) {
                return Optional.of(new UndoStep(steps.get(index)));
            }
        }
        return Optional.empty();
    }
}
