package io.lockkeeper.executor.backfill;

import java.util.OptionalInt;

import io.lockkeeper.executor.step.PlannedUndo;
import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.executor.step.StepResult;
import io.lockkeeper.executor.step.StepWork;
import io.lockkeeper.messages.Action;

/**
 * Sets columns of every row that still differs, by ranges of blocks, which need no index and read each block once
 * (PostgreSQL 14 on). A batch locks only the rows that it changes (ROW EXCLUSIVE on the table), gives way after its lock
 * timeout, and commits with its cursor: after a crash at any point nothing is lost and nothing done twice.
 *
 * <p>
 * The ranges are frozen when a pass starts. That is safe because the synchronising trigger is there already: a row that
 * is written meanwhile, wherever it moves, has been set by the trigger. The step is complete only when a whole pass that
 * started after the last change finds no row that differs.
 */
public final class BackfillStep implements StepWork {

    private final Action.Backfill action;
    private final CursorLedger cursors;
    private final BackfillPolicy policy;

    public BackfillStep(Action.Backfill action, CursorLedger cursors, BackfillPolicy policy) {
        this.action = action;
        this.cursors = cursors;
        this.policy = policy;
    }

    @Override
    public StepResult apply(StepContext context) {
        OptionalInt begun = context.ledger().begin(context.tenure(), context.work(),
                context.tenure().hand().backendPid());
        if (begun.isEmpty()) {
            return new StepResult.Stopped();
        }
        context.crash().before(context.work().step().id());
        return new BackfillRun(action, cursors, policy, context, begun.getAsInt()).run();
    }

    /** What was copied goes with the column that the expand step takes back; values elsewhere were never changed. */
    @Override
    public StepResult undo(StepContext context) {
        return PlannedUndo.recordOnly(context);
    }
}
