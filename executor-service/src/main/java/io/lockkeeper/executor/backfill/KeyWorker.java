package io.lockkeeper.executor.backfill;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.recovery.Fenced;
import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/** Runs a statement key range by key range, from where its cursor stands to the end. */
final class KeyWorker {

    private static final String STAYS = " rows were changed; what is committed stays, and resume goes on behind it";
    private static final int FIRST_ROWS = 500;
    /** Batches that failed one after the other before it is given up. */
    private static final int MOST_FAILURES = 30;

    private final KeyRange range;
    private final CursorLedger cursors;
    private final BackfillPolicy policy;
    private final StepContext context;
    private final Session session;
    private final PassProgress progress;
    private final Turn turn;
    private final BatchSize size;

    KeyWorker(KeyRange range, CursorLedger cursors, BackfillPolicy policy, StepContext context, Session session,
            PassProgress progress, Turn turn) {
        this.range = range;
        this.cursors = cursors;
        this.policy = policy;
        this.context = context;
        this.session = session;
        this.progress = progress;
        this.turn = turn;
        this.size = new BatchSize(FIRST_ROWS, policy.batchTarget());
    }

    PassEnd work(KeyCursor start) {
        KeyCursor cursor = start;
        int failures = 0;
        while (!cursor.finished()) {
            if (!turn.await()) {
                return new PassEnd.Held();
            }
            long asked = size.blocks();
            long before = System.nanoTime();
            try {
                KeyCursor advanced = batch(cursor, asked);
                Duration took = Duration.ofNanos(System.nanoTime() - before);
                size.took(asked, took, turn.batchTarget());
                progress.add(advanced.scanned() - cursor.scanned(), advanced.rows() - cursor.rows());
                context.crash().batchCommitted();
                cursor = advanced;
                failures = 0;
                turn.rest(took);
            } catch (SqlFailure e) {
                if (e.state() == SqlState.CONNECTION_LOST || !session.open()) {
                    throw e;
                }
                session.execute("ROLLBACK");
                if (e.state() == SqlState.FENCED) {
                    throw new Fenced(context.tenure().target().name(), context.tenure().epoch());
                }
                if (BadRows.causes(e)) {
                    if (asked > 1) {
                        size.failed(); // split, until the bad row is alone
                        continue;
                    }
                    List<String> bad = next(cursor);
                    Optional<KeyCursor> behind = setAside(cursor, bad, e.sqlState());
                    if (behind.isEmpty()) {
                        return new PassEnd.Failed(e, "row " + range.named(bad) + ", after " + cursor.rows() + STAYS);
                    }
                    cursor = behind.get();
                    continue;
                }
                boolean givesWay = e.state().retryable() || e.state() == SqlState.CANCELLED;
                if (!givesWay || ++failures >= MOST_FAILURES) {
                    return new PassEnd.Failed(e, "after " + cursor.rows() + STAYS);
                }
                size.failed();
                turn.giveWay(failures);
            }
        }
        return new PassEnd.Done();
    }

    /** In four round trips. The commit need not wait for the disk, because cursor and data are lost together or not at all. */
    private KeyCursor batch(KeyCursor cursor, long rows) {
        progress.batchBegins();
        try {
            begin();
            List<String> to = onwards(cursor, rows);
            long changed = session.update(range.statement(cursor.last().isPresent()), from(cursor),
                    to.toArray(String[]::new));
            session.queueScript(context.tenure().asOurselves());
            KeyCursor advanced = cursor.advanced(to, rows, changed);
            cursors.advanceWithin(session, context.work(), advanced);
            session.execute("COMMIT");
            return advanced;
        } finally {
            progress.batchEnds();
        }
    }

    private void begin() {
        session.queueScript("BEGIN; SET LOCAL lock_timeout = " + policy.lockTimeout().toMillis()
                + "; SET LOCAL statement_timeout = " + policy.batchTimeout().toMillis()
                + "; SET LOCAL synchronous_commit = off;\n" + cursors.fence(context.tenure()) + ";\n"
                + context.tenure().asOwner());
    }

    /** The key that is so many rows on; the last one where there are fewer. */
    private List<String> onwards(KeyCursor cursor, long rows) {
        return session.query(range.onwards(cursor.last().isPresent()), from(cursor),
                cursor.end().toArray(String[]::new), rows - 1).stream().findFirst().map(KeyWorker::key)
                .orElse(cursor.end());
    }

    private static Object from(KeyCursor cursor) {
        return cursor.last().map(key -> key.toArray(String[]::new)).orElse(null);
    }

    private List<String> next(KeyCursor cursor) {
        return session.transaction(() -> {
            if (!context.tenure().asOwner().isEmpty()) {
                session.execute(context.tenure().asOwner());
            }
            return onwards(cursor, 1);
        });
    }

    /** Goes on behind a row that is named in the ledger and left as it is; empty where the policy allows no more of them. */
    private Optional<KeyCursor> setAside(KeyCursor cursor, List<String> bad, String sqlState) {
        begin();
        session.queueScript(context.tenure().asOurselves());
        if (cursors.setAsideWithin(session, context.work(), range.table(), range.named(bad),
                sqlState) > policy.badRows()) {
            session.execute("ROLLBACK");
            return Optional.empty();
        }
        KeyCursor behind = cursor.advanced(bad, 1, 0);
        cursors.advanceWithin(session, context.work(), behind);
        session.execute("COMMIT");
        progress.add(1, 0);
        return Optional.of(behind);
    }

    static List<String> key(Row row) {
        return Arrays.asList(row.getArrayOfStrings("key"));
    }
}
