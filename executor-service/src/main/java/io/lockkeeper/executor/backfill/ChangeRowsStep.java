package io.lockkeeper.executor.backfill;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.executor.step.AttemptOutcome;
import io.lockkeeper.executor.step.Failures;
import io.lockkeeper.executor.step.PlannedUndo;
import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.executor.step.StepResult;
import io.lockkeeper.executor.step.StepWork;
import io.lockkeeper.executor.step.Upkeep;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Step;
import io.lockkeeper.target.Session;

/**
 * Runs a statement of the team's key range by key range. A batch takes ROW EXCLUSIVE and the locks of the rows that it
 * changes, gives way after its lock timeout, and commits with its cursor. A key does not move when its row is written, so
 * one pass takes every row that was there at the beginning exactly once: it may count, add or move, and is not repeated by
 * a crash at any point.
 */
public final class ChangeRowsStep implements StepWork {

    private final Action.ChangeRows action;
    private final KeyRange range;
    private final CursorLedger cursors;
    private final BackfillPolicy policy;

    public ChangeRowsStep(Action.ChangeRows action, CursorLedger cursors, BackfillPolicy policy) {
        this.action = action;
        this.range = new KeyRange(action);
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
        return new Attempt(context, begun.getAsInt()).run();
    }

    /** What was changed stays: its rows as they were are not kept. */
    @Override
    public StepResult undo(StepContext context) {
        return PlannedUndo.recordOnly(context);
    }

    private final class Attempt {

        private final StepContext context;
        private final int number;
        private final Session session;

        Attempt(StepContext context, int number) {
            this.context = context;
            this.number = number;
            this.session = context.tenure().hand();
        }

        StepResult run() {
            // A row security policy must not hide rows: with this it is an error instead.
            session.execute("SET row_security = off");
            Optional<KeyCursor> start = cursor();
            if (start.isEmpty()) {
                return done(0); // the table is empty
            }
            var supervisor = new Supervisor(context, policy, action.table(), List.of(session));
            supervisor.progress().begin(start.get().scanned(), start.get().rows());
            PassEnd end = supervisor.run(1, worker -> () -> new KeyWorker(range, cursors, policy, context, session,
                    supervisor.progress(), supervisor.turn(worker)).work(start.get()),
                    context.work().step().estimate().map(Step.Estimate::rows).orElse(0L), "rows");
            if (end instanceof PassEnd.Failed failed) {
                return failed(failed);
            }
            if (end instanceof PassEnd.Held) {
                over(AttemptOutcome.INTERRUPTED, Optional.empty(), "the run is held");
                return new StepResult.Stopped();
            }
            return done(supervisor.progress().rows());
        }

        /** Where it stands, or where it begins; empty if there are no rows. */
        private Optional<KeyCursor> cursor() {
            Optional<KeyCursor> standing = cursors.keyCursor(context.tenure(), context.work());
            if (standing.isPresent()) {
                return standing;
            }
            List<Row> last = session.transaction(() -> {
                session.execute("SET LOCAL statement_timeout = " + policy.batchTimeout().toMillis() + ";\n"
                        + context.tenure().asOwner());
                return session.query(range.last());
            });
            Optional<KeyCursor> first = last.stream().findFirst()
                    .map(row -> new KeyCursor(Optional.empty(), KeyWorker.key(row), 0, 0));
            first.ifPresent(cursor -> cursors.begin(context.tenure(), context.work(), cursor));
            return first;
        }

        private StepResult done(long rows) {
            Optional<StepResult> ended = Upkeep.after(context, number, action.table(), rows);
            if (ended.isPresent()) {
                return ended.get();
            }
            context.ledger().finish(context.tenure(), context.work(), number, Optional.of(rows));
            return new StepResult.Succeeded();
        }

        private StepResult failed(PassEnd.Failed failed) {
            Failure said = Failures.of(context.work().step(), failed.failure());
            over(AttemptOutcome.FAILED, Optional.of(failed.failure().sqlState()), said.message());
            Failure failure = new Failure(said.code(), said.kind(), said.sqlState(),
                    said.message() + " (" + failed.where() + ")");
            context.ledger().fail(context.tenure(), context.work(), OptionalInt.of(number), failure);
            return new StepResult.Failed(failure);
        }

        private void over(AttemptOutcome outcome, Optional<String> sqlState, String message) {
            context.ledger().attemptOver(context.tenure(), context.work(), number, outcome, sqlState, message,
                    Optional.empty(), Seen.NOTHING);
        }
    }
}
