package io.lockkeeper.executor.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;

/** Takes a step back by what the plan says: indexes first, which can be repeated, then all DDL in one transaction. */
final class PlannedUndo {

    private PlannedUndo() {}

    static StepResult run(StepContext context) {
        Step step = context.work().step();
        Optional<StepResult> nothing = nothingStands(context);
        if (nothing.isPresent()) {
            return nothing.get();
        }
        List<String> statements = new ArrayList<>();
        List<Action.DropIndex> drops = new ArrayList<>();
        for (Action action : step.undo().map(Step.Undo::actions).orElse(List.of())) {
            if (action instanceof Action.Ddl ddl) {
                statements.addAll(ddl.statements());
            } else if (action instanceof Action.DropIndex drop && statements.isEmpty()) {
                drops.add(drop);
            } else {
                Failure failure = Failures.failure(step, "undo-not-possible", Failure.Kind.BUG,
                        "its undo asks for " + action.getClass().getSimpleName()
                                + ", which cannot be taken in this place");
                context.ledger().fail(context.tenure(), context.work(), OptionalInt.empty(), failure);
                return new StepResult.Failed(failure);
            }
        }
        for (Action.DropIndex drop : drops) {
            StepResult dropped = new IndexDrop(context, drop.index()).unrecorded();
            if (!(dropped instanceof StepResult.Succeeded)) {
                return dropped;
            }
        }
        return statements.isEmpty()
                ? recordOnly(context)
                : new TransactionalStep(context, () -> DdlStep.joined(statements)).run();
    }

    /** A step that commits with its ledger row and has not succeeded left nothing: only the ledger is told. */
    static Optional<StepResult> nothingStands(StepContext context) {
        Step step = context.work().step();
        StepState state = context.work().run().step(step.id()).state();
        return step.action().transactional() && state != StepState.SUCCEEDED
                ? Optional.of(recordOnly(context))
                : Optional.empty();
    }

    private static StepResult recordOnly(StepContext context) {
        OptionalInt begun = context.ledger().begin(context.tenure(), context.work(),
                context.tenure().hand().backendPid());
        if (begun.isEmpty()) {
            return new StepResult.Stopped();
        }
        context.ledger().finish(context.tenure(), context.work(), begun.getAsInt(), Optional.empty());
        return new StepResult.Succeeded();
    }
}
