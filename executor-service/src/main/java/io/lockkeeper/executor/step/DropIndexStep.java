package io.lockkeeper.executor.step;

import io.lockkeeper.messages.Action;

/** DROP INDEX CONCURRENTLY. */
public final class DropIndexStep implements StepWork {

    private final Action.DropIndex action;

    public DropIndexStep(Action.DropIndex action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        return new IndexDrop(context, action.index()).run();
    }

    @Override
    public StepResult undo(StepContext context) {
        return PlannedUndo.recordOnly(context);
    }
}
