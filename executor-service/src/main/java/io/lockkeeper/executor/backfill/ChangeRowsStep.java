package io.lockkeeper.executor.backfill;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.executor.recovery.Fenced;
import io.lockkeeper.executor.step.AttemptOutcome;
import io.lockkeeper.executor.step.Failures;
import io.lockkeeper.executor.step.PlannedUndo;
import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.executor.step.StepResult;
import io.lockkeeper.executor.step.StepWork;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Step;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * Runs a statement of the team's key range by key range. A batch takes ROW EXCLUSIVE and the locks of the rows that it
 * changes, gives way after its lock timeout, and commits with its cursor. A key does not move when its row is written, so
 * one pass takes every row that was there at the beginning exactly once: it may count, add or move, and is not repeated by
 * a crash at any point.
 */
public final class ChangeRowsStep implements StepWork {

    private static final int FIRST_ROWS = 500;
    /** Batches that failed one after the other before it is given up. */
    private static final int MOST_FAILURES = 30;
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration SAY = Duration.ofSeconds(1);

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
        private final BatchSize size = new BatchSize(policy.batchTarget(), FIRST_ROWS);
        private final long startedAt = System.nanoTime();
        private Instant looked = Instant.EPOCH;
        private Instant said;
        private long rowsAtStart;

        Attempt(StepContext context, int number) {
            this.context = context;
            this.number = number;
            this.session = context.tenure().hand();
            this.said = context.pace().now();
        }

        StepResult run() {
            // A row security policy must not hide rows: with this it is an error instead.
            session.execute("SET row_security = off");
            Optional<KeyCursor> start = cursor();
            if (start.isEmpty()) {
                return done(0); // the table is empty
            }
            KeyCursor cursor = start.get();
            rowsAtStart = cursor.rows();
            int failures = 0;
            while (!cursor.finished()) {
                if (held()) {
                    over(AttemptOutcome.INTERRUPTED, Optional.empty(), "the run is held");
                    return new StepResult.Stopped();
                }
                long asked = size.blocks();
                long before = System.nanoTime();
                try {
                    cursor = batch(cursor, asked);
                } catch (SqlFailure e) {
                    if (e.state() == SqlState.CONNECTION_LOST || !session.open()) {
                        throw e;
                    }
                    session.execute("ROLLBACK");
                    boolean givesWay = e.state().retryable() || e.state() == SqlState.CANCELLED;
                    if (!givesWay || ++failures >= MOST_FAILURES) {
                        return failed(e, cursor);
                    }
                    size.failed();
                    context.pace().pause(Duration.ofMillis(Math.round(
                            Math.min(5_000, 50L << Math.min(failures, 10)) * (0.5 + context.pace().random()))));
                    continue;
                }
                failures = 0;
                Duration took = Duration.ofNanos(System.nanoTime() - before);
                size.took(asked, took);
                context.crash().batchCommitted();
                say(cursor);
                if (policy.nice() > 0) {
                    context.pace().pause(Duration.ofNanos(Math.round(took.toNanos() * policy.nice())));
                }
            }
            return done(cursor.rows());
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
                    .map(row -> new KeyCursor(Optional.empty(), key(row), 0, 0));
            first.ifPresent(cursor -> cursors.begin(context.tenure(), context.work(), cursor));
            return first;
        }

        /** The commit need not wait for the disk, because cursor and data are lost together or not at all. */
        private KeyCursor batch(KeyCursor cursor, long rows) {
            session.execute("BEGIN; SET LOCAL lock_timeout = " + policy.lockTimeout().toMillis()
                    + "; SET LOCAL statement_timeout = " + policy.batchTimeout().toMillis()
                    + "; SET LOCAL synchronous_commit = off");
            if (session.query(cursors.fence(context.tenure(), context.work())).isEmpty()) {
                throw new Fenced(context.tenure().target().name(), context.tenure().epoch());
            }
            if (!context.tenure().asOwner().isEmpty()) {
                session.execute(context.tenure().asOwner());
            }
            boolean begun = cursor.last().isPresent();
            Object from = cursor.last().map(key -> key.toArray(String[]::new)).orElse(null);
            Object end = cursor.end().toArray(String[]::new);
            List<String> to = session.query(range.onwards(begun), from, end, rows - 1).stream().findFirst()
                    .map(Attempt::key).orElse(cursor.end());
            long changed = session.update(range.statement(begun), from, to.toArray(String[]::new));
            session.execute(context.tenure().asOurselves());
            KeyCursor advanced = cursor.advanced(to, rows, changed);
            cursors.advanceWithin(session, context.work(), advanced);
            session.execute("COMMIT");
            return advanced;
        }

        private static List<String> key(Row row) {
            return Arrays.asList(row.getArrayOfStrings("key"));
        }

        private boolean held() {
            Instant now = context.pace().now();
            if (now.isBefore(looked.plus(LOOK))) {
                return false;
            }
            looked = now;
            return !context.ledger().wanted(context.tenure(), context.work());
        }

        private void say(KeyCursor cursor) {
            if (context.pace().now().isBefore(said.plus(SAY))) {
                return;
            }
            said = context.pace().now();
            long total = context.work().step().estimate().map(Step.Estimate::rows).orElse(0L);
            double seconds = (System.nanoTime() - startedAt) / 1e9;
            context.ledger().progressed(context.tenure(), context.work(), cursor.scanned(),
                    Math.max(total, cursor.scanned()), "rows", cursor.rows(),
                    (cursor.rows() - rowsAtStart) / seconds);
        }

        private StepResult done(long rows) {
            context.ledger().finish(context.tenure(), context.work(), number, Optional.of(rows));
            return new StepResult.Succeeded();
        }

        private StepResult failed(SqlFailure e, KeyCursor cursor) {
            Failure said = Failures.of(context.work().step(), e);
            over(AttemptOutcome.FAILED, Optional.of(e.sqlState()), said.message());
            Failure failure = new Failure(said.code(), said.kind(), said.sqlState(), said.message() + " (after "
                    + cursor.rows() + " rows were changed; what is committed stays, and resume goes on behind it)");
            context.ledger().fail(context.tenure(), context.work(), OptionalInt.of(number), failure);
            return new StepResult.Failed(failure);
        }

        private void over(AttemptOutcome outcome, Optional<String> sqlState, String message) {
            context.ledger().attemptOver(context.tenure(), context.work(), number, outcome, sqlState, message,
                    Optional.empty(), Seen.NOTHING);
        }
    }
}
