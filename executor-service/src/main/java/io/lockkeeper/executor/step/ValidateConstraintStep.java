package io.lockkeeper.executor.step;

import java.util.List;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;

/**
 * ALTER TABLE … VALIDATE CONSTRAINT scans under SHARE UPDATE EXCLUSIVE (a foreign key also takes ROW SHARE on the parent):
 * reads and writes go on. Interrupted, nothing has changed.
 */
public final class ValidateConstraintStep implements StepWork {

    private final Action.ValidateConstraint action;

    public ValidateConstraintStep(Action.ValidateConstraint action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        return new RepeatableStep(context, new RepeatableStep.Body() {

            @Override
            public RepeatableStep.Probe probe(boolean attemptedBefore) {
                List<Row> rows = context.tenure().watch().query("""
                        SELECT convalidated FROM pg_constraint
                        WHERE conrelid = to_regclass($1::text) AND conname = $2::text
                        """, action.table().quoted(), action.constraint());
                if (rows.isEmpty()) {
                    return new RepeatableStep.Foreign("undefined-object", "constraint " + action.constraint() + " on "
                            + action.table() + " is not there: somebody has dropped it since the plan was made");
                }
                return rows.get(0).getBoolean("convalidated")
                        ? new RepeatableStep.Done()
                        : new RepeatableStep.NotDone();
            }

            @Override
            public void act(LongStatement statement) {
                statement.run("ALTER TABLE " + action.table().quoted() + " VALIDATE CONSTRAINT "
                        + Identifier.quote(action.constraint()), context.work().step().locks().stream().findFirst());
            }
        }).run();
    }

    /** A validated constraint means no more than one that is not, to those who write: the step that added it drops it. */
    @Override
    public StepResult undo(StepContext context) {
        return PlannedUndo.recordOnly(context);
    }
}
