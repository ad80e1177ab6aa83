package io.lockkeeper.executor.step;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

import io.lockkeeper.executor.run.StepView;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;

/**
 * Takes a step back. A step that commits with its ledger row and has not succeeded left nothing. Where the plan names
 * actions they run in its order, each with an attempt of its own, so that an interrupted undo goes on with the next; else
 * the step's own class knows.
 */
public final class PlannedUndo {

    private final Function<Action, StepWork> classes;

    /** @param classes the class that runs a kind of action */
    public PlannedUndo(Function<Action, StepWork> classes) {
        this.classes = classes;
    }

    public StepResult run(StepContext context) {
        Step step = context.work().step();
        StepView view = context.work().run().step(step.id());
        // Never begun: what it met there, such as an index of its name, is not ours to take away.
        boolean untouched = view.attempts() == 0;
        if (untouched || step.action().transactional() && view.state() != StepState.SUCCEEDED) {
            return recordOnly(context);
        }
        List<Action> actions = step.undo().map(Step.Undo::actions).orElse(List.of());
        if (actions.isEmpty()) {
            return classes.apply(step.action()).undo(context);
        }
        for (int done = context.ledger().undoneParts(context.tenure(), context.work()); done < actions.size(); done++) {
            Action action = actions.get(done);
            StepContext part = context.with(context.work().part(done + 1, actions.size(), action));
            StepResult result = classes.apply(action).apply(part);
            if (!(result instanceof StepResult.Succeeded)) {
                return result;
            }
        }
        return new StepResult.Succeeded();
    }

    /** There is nothing to take back: only the ledger is told. */
    public static StepResult recordOnly(StepContext context) {
        OptionalInt begun = context.ledger().begin(context.tenure(), context.work(),
                context.tenure().hand().backendPid());
        if (begun.isEmpty()) {
            return new StepResult.Stopped();
        }
        context.ledger().finish(context.tenure(), context.work(), begun.getAsInt(), Optional.empty());
        return new StepResult.Succeeded();
    }
}
