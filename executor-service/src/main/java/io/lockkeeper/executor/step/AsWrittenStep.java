package io.lockkeeper.executor.step;

import java.util.Optional;
import java.util.OptionalInt;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.messages.Action;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * Statements as the team wrote them, on a target that nobody uses: no lock budget, because nobody waits. Transactional
 * ones commit with their ledger row, which is written last, so that a control need not wait for a long file. A statement
 * that cannot run in a transaction is run again after a crash.
 */
public final class AsWrittenStep implements StepWork {

    private final Action.AsWritten action;

    public AsWrittenStep(Action.AsWritten action) {
        this.action = action;
    }

    @Override
    public StepResult apply(StepContext context) {
        Session session = context.tenure().hand();
        OptionalInt begun = context.ledger().begin(context.tenure(), context.work(), session.backendPid());
        if (begun.isEmpty()) {
            return new StepResult.Stopped();
        }
        int attempt = begun.getAsInt();
        context.crash().before(context.work().step().id());
        try {
            if (action.transactional()) {
                transaction(context, session, attempt);
            } else {
                apart(context, session, attempt);
            }
        } catch (StepLedger.StepStopped e) {
            over(context, attempt, AttemptOutcome.INTERRUPTED, Optional.empty(), "the run is held");
            return new StepResult.Stopped();
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST || !context.tenure().intact()) {
                throw e;
            }
            var failure = Failures.of(context.work().step(), e);
            over(context, attempt, AttemptOutcome.of(e.state()), Optional.of(e.sqlState()), failure.message());
            context.ledger().fail(context.tenure(), context.work(), begun, failure);
            return new StepResult.Failed(failure);
        } finally {
            if (session.open()) {
                // What the files set for their session must not reach our next statement.
                session.execute("RESET ALL");
            }
        }
        return new StepResult.Succeeded();
    }

    private void transaction(StepContext context, Session session, int attempt) {
        session.transaction(() -> {
            session.execute("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = "
                    + context.locks().watchdog().toMillis() + ";\n" + context.tenure().asOwner()
                    + DdlStep.joined(action.statements()));
            // Whatever the files have set, the ledger is written as ourselves and under our own settings.
            session.execute(context.tenure().asOurselves() + "; SET LOCAL search_path = pg_catalog");
            context.ledger().finishWithin(session, context.tenure(), context.work(), OptionalInt.of(attempt));
            return null;
        });
    }

    private void apart(StepContext context, Session session, int attempt) {
        var last = action.statements().get(action.statements().size() - 1);
        action.statements().subList(0, action.statements().size() - 1).forEach(session::execute);
        new LongStatement(context, attempt).run(last, Optional.empty());
        context.ledger().finish(context.tenure(), context.work(), attempt, Optional.empty());
    }

    private static void over(StepContext context, int attempt, AttemptOutcome outcome, Optional<String> sqlState,
            String message) {
        context.ledger().attemptOver(context.tenure(), context.work(), attempt, outcome, sqlState, message,
                Optional.empty(), Seen.NOTHING);
    }

    @Override
    public StepResult undo(StepContext context) {
        return PlannedUndo.recordOnly(context);
    }
}
