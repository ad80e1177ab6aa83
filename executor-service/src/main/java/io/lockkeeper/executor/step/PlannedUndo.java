package io.lockkeeper.executor.step;

import java.util.ArrayList;
import java.util.List;
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
        boolean transactional = step.action().transactional();
        StepState state = context.work().run().step(step.id()).state();
        if (transactional && state != StepState.SUCCEEDED) {
            // It commits with its ledger row: not succeeded means that nothing stands.
            return new TransactionalStep(context, () -> "").run();
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
        return new TransactionalStep(context, () -> DdlStep.joined(statements)).run();
    }
}
