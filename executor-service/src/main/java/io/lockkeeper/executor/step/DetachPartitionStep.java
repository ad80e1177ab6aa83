package io.lockkeeper.executor.step;

import java.util.List;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Step.LockClaim;

/**
 * ALTER TABLE … DETACH PARTITION … CONCURRENTLY: SHARE UPDATE EXCLUSIVE on the parent, in a second transaction ACCESS
 * EXCLUSIVE on the partition, after everybody who used it through the parent is gone. Interrupted in between it leaves
 * the partition pending, which hinders any other change of it: FINALIZE ends that.
 */
public final class DetachPartitionStep implements StepWork {

    private final Action.DetachPartition action;

    public DetachPartitionStep(Action.DetachPartition action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        return new RepeatableStep(context, new RepeatableStep.Body() {

            @Override
            public RepeatableStep.Probe probe(boolean attemptedBefore) {
                if (context.tenure().watch().query("SELECT WHERE to_regclass($1::text) IS NULL",
                        action.partition().quoted()).isEmpty()) {
                    return pending(context).isPresent() ? new RepeatableStep.NotDone() : new RepeatableStep.Done();
                }
                return new RepeatableStep.Foreign("undefined-object", "table " + action.partition()
                        + " is not there: somebody has dropped it since the plan was made");
            }

            @Override
            public void act(LongStatement statement) {
                Optional<LockClaim> claim = context.work().step().locks().stream().findFirst();
                statement.run("ALTER TABLE " + action.table().quoted() + " DETACH PARTITION "
                        + action.partition().quoted()
                        + (pending(context).orElse(false) ? " FINALIZE" : " CONCURRENTLY"),
                        claim);
            }
        }).run();
    }

    /** Empty when it is no partition of the parent any more; true once a detach has begun. */
    private Optional<Boolean> pending(StepContext context) {
        List<Row> rows = context.tenure().watch().query("""
                SELECT inhdetachpending AS pending FROM pg_inherits
                WHERE inhparent = to_regclass($1::text) AND inhrelid = to_regclass($2::text)
                """, action.table().quoted(), action.partition().quoted());
        return rows.stream().findFirst().map(row -> row.getBoolean("pending"));
    }

    @Override
    public StepResult undo(StepContext context) {
        return PlannedUndo.recordOnly(context);
    }
}
