package io.lockkeeper.executor.backfill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.executor.recovery.Fenced;
import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/** One session over its share of the ranges, batch after batch. */
final class RangeWorker {

    /** Batches that failed one after the other before it is given up. */
    private static final int MOST_FAILURES = 30;

    /** Place of the fence among the statements of a batch. */
    private static final int FENCE = 4;

    private final Action.Backfill action;
    private final CursorLedger cursors;
    private final BackfillPolicy policy;
    private final StepContext context;
    private final Session session;
    private final List<Part> parts;
    private final PassProgress progress;
    private final BatchSize size;

    RangeWorker(Action.Backfill action, CursorLedger cursors, BackfillPolicy policy, StepContext context,
            Session session, List<Part> parts, PassProgress progress) {
        this.action = action;
        this.cursors = cursors;
        this.policy = policy;
        this.context = context;
        this.session = session;
        this.parts = parts;
        this.progress = progress;
        this.size = new BatchSize(policy.batchTarget(), policy.firstBlocks());
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
            if (progress.stopped()) {
                return new PassEnd.Held();
            }
            long to = Math.min(range.end(), range.next() + size.blocks());
            long start = System.nanoTime();
            try {
                Optional<BlockRange> advanced = batch(part.get(), range, to);
                if (advanced.isEmpty()) {
                    return new PassEnd.Restart();
                }
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                size.took(to - range.next(), took);
                progress.add(to - range.next(), advanced.get().rows() - range.rows());
                range = advanced.get();
                failures = 0;
                context.crash().batchCommitted();
                if (policy.nice() > 0) {
                    context.pace().pause(Duration.ofNanos(Math.round(took.toNanos() * policy.nice())));
                }
            } catch (SqlFailure e) {
                if (e.state() == SqlState.CONNECTION_LOST || !session.open()) {
                    throw e;
                }
                rollback();
                boolean givesWay = e.state().retryable() || e.state() == SqlState.CANCELLED;
                failures++;
                if (!givesWay || failures >= MOST_FAILURES) {
                    return new PassEnd.Failed(e, range);
                }
                size.failed();
                context.pace().pause(Duration.ofMillis(Math.round(
                        Math.min(5_000, 50L << Math.min(failures, 10)) * (0.5 + context.pace().random()))));
            }
        }
        return new PassEnd.Done();
    }

    /**
     * One transaction in two round trips; the commit need not wait for the disk, because cursor and data are lost
     * together or not at all.
     *
     * @return empty if the relation's file is not the one of the range: rolled back
     */
    private Optional<BlockRange> batch(Part part, BlockRange range, long to) {
        String script = """
                BEGIN;
                SET LOCAL lock_timeout = %d;
                SET LOCAL statement_timeout = %d;
                SET LOCAL synchronous_commit = off;
                %s;
                %sUPDATE ONLY %s SET %s WHERE ctid >= '(%d,0)'::tid AND ctid < '(%d,0)'::tid AND (%s);
                %s;
                SELECT pg_relation_filenode(%s::regclass)::bigint AS file_node
                """.formatted(policy.lockTimeout().toMillis(), policy.batchTimeout().toMillis(),
                cursors.fence(context.tenure(), context.work()), context.tenure().asOwner(), part.name().quoted(),
                assignments(), range.next(), to, action.differs(), context.tenure().asOurselves(),
                Identifier.literal(part.name().quoted()));
        List<Answer> answers = answers(session, script);
        Answer fence = answers.get(FENCE);
        if (fence.firstColumn.isEmpty()) {
            throw new Fenced(context.tenure().target().name(),
                    context.tenure().epoch());
        }
        Answer file = answers.get(answers.size() - 1);
        if (!file.firstColumn.equals(Optional.of(Long.toString(range.fileNode())))) {
            rollback();
            return Optional.empty();
        }
        int update = FENCE + 1 + (context.tenure().asOwner().isEmpty() ? 0 : 1);
        BlockRange advanced = range.advanced(to, answers.get(update).count);
        cursors.advanceWithin(session, context.work(), advanced);
        session.execute("COMMIT");
        return Optional.of(advanced);
    }

    private void rollback() {
        if (session.open()) {
            session.execute("ROLLBACK");
        }
    }

    private record Answer(int count, Optional<String> firstColumn) {}

    /** The answers to each statement of a script, in order. */
    private static List<Answer> answers(Session session, String script) {
        var future = session.sendScript(script);
        session.await(future);
        List<Answer> answers = new ArrayList<>();
        for (var rows = future.result(); rows != null; rows = rows.next()) {
            var iterator = rows.iterator();
            Optional<String> first = iterator.hasNext()
                    ? Optional.ofNullable(iterator.next().getValue(0)).map(
                            Object::toString)
                    : Optional.empty();
            answers.add(new Answer(rows.rowCount(), first));
        }
        return answers;
    }

    private String assignments() {
        return action.assignments().stream()
                .map(assignment -> Identifier.quote(assignment.column()) + " = (" + assignment.expression() + ")")
                .collect(Collectors.joining(", "));
    }
}
