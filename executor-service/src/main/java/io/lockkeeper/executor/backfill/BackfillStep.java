package io.lockkeeper.executor.backfill;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.executor.recovery.Fenced;
import io.lockkeeper.executor.step.AttemptOutcome;
import io.lockkeeper.executor.step.Failures;
import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.executor.step.StepResult;
import io.lockkeeper.executor.step.StepWork;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

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

    private static final int MOST_PASSES = 10;
    private static final Duration SAY = Duration.ofSeconds(1);

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
        return new Run(context, begun.getAsInt()).run();
    }

    /** What was copied goes with the column that the expand step takes back; values elsewhere were never changed. */
    @Override
    public StepResult undo(StepContext context) {
        OptionalInt begun = context.ledger().begin(context.tenure(), context.work(),
                context.tenure().hand().backendPid());
        if (begun.isEmpty()) {
            return new StepResult.Stopped();
        }
        context.ledger().finish(context.tenure(), context.work(), begun.getAsInt(), Optional.empty());
        return new StepResult.Succeeded();
    }

    /** A table, or each partition that has storage of its own. */
    private record Part(RelationName name, long fileNode, long blocks) {}

    private sealed interface PassEnd permits PassDone, PassHeld, PassRestart, PassFailed {}

    private record PassDone() implements PassEnd {}

    private record PassHeld() implements PassEnd {}

    /** A relation has another file than its ranges were made for. */
    private record PassRestart() implements PassEnd {}

    private record PassFailed(SqlFailure failure, BlockRange range) implements PassEnd {}

    private final class Run {

        private final StepContext context;
        private final int attempt;
        private final AtomicBoolean stop = new AtomicBoolean();
        private final AtomicLong blocksDone = new AtomicLong();
        private final AtomicLong rows = new AtomicLong();

        Run(StepContext context, int attempt) {
            this.context = context;
            this.attempt = attempt;
        }

        StepResult run() {
            for (Session session : context.tenure().work()) {
                // A row security policy must not hide rows from a backfill: with this it is an error instead.
                session.execute("SET row_security = off");
            }
            List<BlockRange> ranges = cursors.ranges(context.tenure(), context.work());
            if (ranges.isEmpty()) {
                ranges = startPass(1, 0);
            }
            while (true) {
                PassEnd end = pass(ranges);
                if (end instanceof PassHeld) {
                    over(AttemptOutcome.INTERRUPTED, Optional.empty(), "the run is held");
                    return new StepResult.Stopped();
                }
                if (end instanceof PassFailed failed) {
                    return failed(failed);
                }
                ranges = cursors.ranges(context.tenure(), context.work());
                long total = ranges.stream().mapToLong(BlockRange::rows).sum();
                int pass = ranges.stream().mapToInt(BlockRange::pass).max().orElse(1);
                if (end instanceof PassRestart) {
                    ranges = startPass(pass, total);
                    continue;
                }
                if (ranges.stream().mapToLong(BlockRange::passRows).sum() == 0) {
                    context.ledger().finish(context.tenure(), context.work(), attempt, Optional.of(total));
                    return new StepResult.Succeeded();
                }
                if (pass >= MOST_PASSES) {
                    return fail(new Failure("backfill-does-not-end", Failure.Kind.EXTERNAL, Optional.empty(),
                            "step " + context.work().step().id() + ": rows of " + action.table()
                                    + " still differ after " + pass
                                    + " passes, so something writes them past the synchronising trigger: see that it is"
                                    + " enabled and fires last, then resume the run, or abort it"));
                }
                ranges = startPass(pass + 1, total);
            }
        }

        private List<BlockRange> startPass(int pass, long rowsBefore) {
            List<BlockRange> ranges = new ArrayList<>();
            for (Part part : parts()) {
                ranges.addAll(BlockRange.split(ranges.size(), pass, part.blocks, policy.workers(), part.fileNode));
            }
            if (!ranges.isEmpty() && rowsBefore > 0) {
                BlockRange first = ranges.get(0);
                ranges.set(0, new BlockRange(first.number(), pass, first.first(), first.end(), first.next(), rowsBefore,
                        0, first.fileNode()));
            }
            cursors.replace(context.tenure(), context.work(), ranges);
            return ranges;
        }

        private PassEnd pass(List<BlockRange> ranges) {
            stop.set(false);
            List<Part> parts = parts();
            long total = ranges.stream().mapToLong(range -> range.end() - range.first()).sum();
            blocksDone.set(ranges.stream().mapToLong(range -> range.next() - range.first()).sum());
            rows.set(ranges.stream().mapToLong(BlockRange::rows).sum());
            int workers = Math.min(policy.workers(), context.tenure().work().size());
            ExecutorService threads = Executors.newFixedThreadPool(workers, task -> {
                Thread thread = new Thread(task,
                        "backfill " + context.tenure().target().name() + " " + context.work().step().id());
                thread.setDaemon(true);
                return thread;
            });
            try {
                List<Future<PassEnd>> ends = new ArrayList<>();
                for (int worker = 0; worker < workers; worker++) {
                    int mine = worker;
                    Session session = context.tenure().work().get(worker);
                    List<BlockRange> share = ranges.stream().filter(range -> range.number() % workers == mine)
                            .toList();
                    Callable<PassEnd> task = () -> new Worker(session, parts).work(share);
                    ends.add(threads.submit(task));
                }
                return watch(ends, total);
            } finally {
                stop.set(true);
                threads.shutdownNow();
            }
        }

        /** Reports progress and looks whether the run is held, on the ledger's session, until all workers have ended. */
        private PassEnd watch(List<Future<PassEnd>> ends, long total) {
            long start = System.nanoTime();
            long rowsAtStart = rows.get();
            long lastBlocks = -1;
            Instant said = context.pace().now();
            while (!ends.stream().allMatch(Future::isDone)) {
                waitFor(ends.stream().filter(end -> !end.isDone()).findFirst().orElseThrow());
                if (!stop.get() && !context.ledger().wanted(context.tenure(), context.work())) {
                    stop.set(true);
                }
                if (blocksDone.get() != lastBlocks && context.pace().now().isAfter(said.plus(SAY))) {
                    lastBlocks = blocksDone.get();
                    said = context.pace().now();
                    double seconds = (System.nanoTime() - start) / 1e9;
                    context.ledger().progressed(context.tenure(), context.work(), lastBlocks, total, "blocks",
                            rows.get(), (rows.get() - rowsAtStart) / seconds);
                }
            }
            PassEnd worst = new PassDone();
            for (Future<PassEnd> end : ends) {
                PassEnd one = result(end);
                if (rank(one) > rank(worst)) {
                    worst = one;
                }
            }
            return worst;
        }

        private void waitFor(Future<PassEnd> end) {
            try {
                end.get(100, TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException e) {
                // Looked at again when all have ended; a failed worker stops the others at once.
                if (e instanceof ExecutionException) {
                    stop.set(true);
                }
            } catch (InterruptedException e) {
                stop.set(true);
                Thread.currentThread().interrupt();
                throw new SqlFailure("57014", "interrupted while a backfill was running", e);
            }
        }

        private static PassEnd result(Future<PassEnd> end) {
            try {
                return end.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw new IllegalStateException("a backfill worker died", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SqlFailure("57014", "interrupted while a backfill was running", e);
            }
        }

        private static int rank(PassEnd end) {
            return end instanceof PassFailed ? 3 : end instanceof PassRestart ? 2 : end instanceof PassHeld ? 1 : 0;
        }

        private StepResult failed(PassFailed failed) {
            Failure said = Failures.of(context.work().step(), failed.failure);
            over(AttemptOutcome.FAILED, Optional.of(failed.failure.sqlState()), said.message());
            return fail(new Failure(said.code(), said.kind(), said.sqlState(), said.message() + " (blocks "
                    + failed.range.next() + " to " + failed.range.end() + " of " + action.table() + ")"));
        }

        private StepResult fail(Failure failure) {
            context.ledger().fail(context.tenure(), context.work(), OptionalInt.of(attempt), failure);
            return new StepResult.Failed(failure);
        }

        private void over(AttemptOutcome outcome, Optional<String> sqlState, String message) {
            context.ledger().attemptOver(context.tenure(), context.work(), attempt, outcome, sqlState, message,
                    Optional.empty(), Seen.NOTHING);
        }

        private List<Part> parts() {
            return context.tenure().ledger().query("""
                    WITH RECURSIVE tree AS (
                      SELECT to_regclass($1::text)::oid AS oid
                      UNION
                      SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid
                    )
                    SELECT n.nspname, c.relname, pg_relation_filenode(c.oid)::bigint AS file_node,
                      pg_relation_size(c.oid) / current_setting('block_size')::bigint AS blocks
                    FROM tree JOIN pg_class c ON c.oid = tree.oid JOIN pg_namespace n ON n.oid = c.relnamespace
                    WHERE c.relkind = 'r'
                    ORDER BY n.nspname, c.relname
                    """, action.table().quoted()).stream()
                    .map(row -> new Part(RelationName.of(row.getString("nspname"), row.getString("relname")),
                            row.getLong("file_node"), row.getLong("blocks")))
                    .toList();
        }

        /** One session over its share of the ranges. */
        private final class Worker {

            /** Batches that failed one after the other before it is given up. */
            private static final int MOST_FAILURES = 30;

            private final Session session;
            private final List<Part> parts;
            private final BatchSize size = new BatchSize(policy.batchTarget(), policy.firstBlocks());

            Worker(Session session, List<Part> parts) {
                this.session = session;
                this.parts = parts;
            }

            PassEnd work(List<BlockRange> share) {
                for (BlockRange range : share) {
                    PassEnd end = work(range);
                    if (!(end instanceof PassDone)) {
                        stop.set(true);
                        return end;
                    }
                }
                return new PassDone();
            }

            private PassEnd work(BlockRange whole) {
                Optional<Part> part = parts.stream().filter(each -> each.fileNode == whole.fileNode()).findFirst();
                if (part.isEmpty()) {
                    return whole.finished() ? new PassDone() : new PassRestart();
                }
                BlockRange range = whole;
                int failures = 0;
                while (!range.finished()) {
                    if (stop.get()) {
                        return new PassHeld();
                    }
                    long to = Math.min(range.end(), range.next() + size.blocks());
                    long start = System.nanoTime();
                    try {
                        Optional<BlockRange> advanced = batch(part.get(), range, to);
                        if (advanced.isEmpty()) {
                            return new PassRestart();
                        }
                        Duration took = Duration.ofNanos(System.nanoTime() - start);
                        size.took(to - range.next(), took);
                        blocksDone.addAndGet(to - range.next());
                        rows.addAndGet(advanced.get().rows() - range.rows());
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
                            return new PassFailed(e, range);
                        }
                        size.failed();
                        context.pace().pause(Duration.ofMillis(Math.round(
                                Math.min(5_000, 50L << Math.min(failures, 10)) * (0.5 + context.pace().random()))));
                    }
                }
                return new PassDone();
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
                        cursors.fence(context.tenure(), context.work()), context.tenure().asOwner(), part.name.quoted(),
                        assignments(), range.next(), to, action.differs(), context.tenure().asOurselves(),
                        Identifier.literal(part.name.quoted()));
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
        }
    }

    /** Place of the fence among the statements of a batch. */
    private static final int FENCE = 4;

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
