package io.lockkeeper.executor.step;

import java.util.Optional;
import java.util.OptionalInt;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.messages.Action;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * The team's own check, in a read-only transaction: it takes ACCESS SHARE, and the server itself refuses what would write.
 * It leaves nothing, so an interrupted one is simply run again, and a failed one when the run is resumed.
 */
public final class CheckStep implements StepWork {

    private final Action.Check action;

    public CheckStep(Action.Check action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        OptionalInt begun = context.ledger().begin(context.tenure(), context.work(),
                context.tenure().hand().backendPid());
        if (begun.isEmpty()) {
            return new StepResult.Stopped();
        }
        int attempt = begun.getAsInt();
        context.crash().before(context.work().step().id());
        try {
            // Several statements in one message are one transaction, which ends with them, failed or not.
            new LongStatement(context, attempt).run("SET TRANSACTION READ ONLY;\n"
                    + DdlStep.joined(action.statements()), Optional.empty());
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST || !context.tenure().intact()) {
                throw e;
            }
            var failure = Failures.of(context.work().step(), e);
            context.ledger().attemptOver(context.tenure(), context.work(), attempt, AttemptOutcome.of(e.state()),
                    Optional.of(e.sqlState()), failure.message(), Optional.empty(), Seen.NOTHING);
            if (!context.ledger().wanted(context.tenure(), context.work())) {
                return new StepResult.Stopped();
            }
            context.ledger().fail(context.tenure(), context.work(), begun, failure);
            return new StepResult.Failed(failure);
        }
        context.ledger().finish(context.tenure(), context.work(), attempt, Optional.empty());
        return new StepResult.Succeeded();
    }

    @Override
    public StepResult undo(StepContext context) {
        return PlannedUndo.recordOnly(context);
    }
}
