package io.lockkeeper.executor.backfill;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.executor.recovery.Fenced;
import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.messages.Action;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/** One session over its share of the ranges, batch after batch. */
final class RangeWorker {

    /** Batches that failed one after the other before it is given up. */
    private static final int MOST_FAILURES = 30;

    private final Action.Backfill action;
    private final StepContext context;
    private final Session session;
    private final List<Part> parts;
    private final PassProgress progress;
    private final Turn turn;
    private final BatchSize size;
    private final BatchSql sql;
    private final BadRows bad;

    RangeWorker(Action.Backfill action, CursorLedger cursors, BackfillPolicy policy, StepContext context,
            Session session, List<Part> parts, PassProgress progress, Turn turn) {
        this.action = action;
        this.context = context;
        this.session = session;
        this.parts = parts;
        this.progress = progress;
        this.turn = turn;
        this.sql = new BatchSql(action, cursors, policy, context);
        this.bad = new BadRows(sql, cursors, policy, context, session);
        this.size = new BatchSize(policy.firstBlocks(), policy.batchTarget());
    }

    PassEnd work(List<BlockRange> share) {
        for (BlockRange range : share) {
            PassEnd end = work(range);
            if (!(end instanceof PassEnd.Done)) {
                progress.stop();
                return end;
            }
        }
        return new PassEnd.Done();
    }

    private PassEnd work(BlockRange whole) {
        Optional<Part> part = parts.stream().filter(each -> each.fileNode() == whole.fileNode()).findFirst();
        if (part.isEmpty()) {
            return whole.finished() ? new PassEnd.Done() : new PassEnd.Restart();
        }
        BlockRange range = whole;
        int failures = 0;
        while (!range.finished()) {
            if (!turn.await()) {
                return new PassEnd.Held();
            }
            long to = Math.min(range.end(), range.next() + size.blocks());
            try {
                long start = System.nanoTime();
                BlockRange advanced = batch(part.get(), range, to);
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                size.took(to - range.next(), took, turn.batchTarget());
                range = moved(range, advanced);
                failures = 0;
                turn.rest(took);
            } catch (SqlFailure e) {
                if (e.state() == SqlState.CONNECTION_LOST || !session.open()) {
                    throw e;
                }
                rollback();
                if (e.state() == SqlState.FENCED) {
                    throw new Fenced(context.tenure().target().name(), context.tenure().epoch());
                }
                if (e.state() == SqlState.FILE_CHANGED) {
                    return new PassEnd.Restart();
                }
                if (BadRows.causes(e)) {
                    if (to - range.next() > 1) {
                        size.failed(); // split, until the block with the bad row is alone
                        continue;
                    }
                    BadRows.Found found = bad.byRow(part.get(), range);
                    if (found instanceof BadRows.TooMany tooMany) {
                        return new PassEnd.Failed(e, "row " + tooMany.key() + " of " + action.table());
                    }
                    range = moved(range, ((BadRows.SetAside) found).range());
                    continue;
                }
                failures++;
                boolean givesWay = e.state().retryable() || e.state() == SqlState.CANCELLED;
                if (!givesWay || failures >= MOST_FAILURES) {
                    return new PassEnd.Failed(e,
                            "blocks " + range.next() + " to " + range.end() + " of " + action.table());
                }
                size.failed();
                turn.giveWay(failures);
            }
        }
        return new PassEnd.Done();
    }

    private BlockRange moved(BlockRange before, BlockRange after) {
        progress.add(after.next() - before.next(), after.rows() - before.rows());
        context.crash().batchCommitted();
        return after;
    }

    /**
     * One transaction in one round trip; the commit need not wait for the disk, because cursor and data are lost together
     * or not at all.
     */
    private BlockRange batch(Part part, BlockRange range, long to) {
        progress.batchBegins();
        try {
            var answer = session.sendScript(sql.begin() + sql.update(part, "ctid >= '(" + range.next()
                    + ",0)'::tid AND ctid < '(" + to + ",0)'::tid") + sql.advanceAndCommit(range, to, part));
            session.await(answer);
            return range.advanced(to, BatchSql.moved(answer));
        } finally {
            progress.batchEnds();
        }
    }

    private void rollback() {
        if (session.open()) {
            session.execute("ROLLBACK");
        }
    }
}
