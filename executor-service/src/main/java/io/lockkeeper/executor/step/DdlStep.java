package io.lockkeeper.executor.step;

import java.util.List;

import io.lockkeeper.messages.Action;

/**
 * Statements of the plan in one transaction: all of them and the ledger row, or none. Begun and interrupted, nothing of
 * it stands.
 */
public final class DdlStep implements StepWork {

    private final Action.Ddl action;

    public DdlStep(Action.Ddl action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        String script = joined(action.statements());
        return new TransactionalStep(context, action.routines().isEmpty()
                ? () -> script
                : new RoutineWork(context, action.routines(), script)).run();
    }

    /** The plan names no way back: there is nothing to take back, or it harms nobody. */
    @Override
    public StepResult undo(StepContext context) {
        return PlannedUndo.recordOnly(context);
    }

    static String joined(List<String> statements) {
        StringBuilder script = new StringBuilder();
        for (String statement : statements) {
            // A line comment at the end of a statement must not swallow the semicolon.
            script.append(statement.strip()).append("\n;\n");
        }
        return script.toString();
    }
}
