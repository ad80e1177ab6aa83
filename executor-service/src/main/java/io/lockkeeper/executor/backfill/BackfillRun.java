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

import org.jboss.logging.Logger;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.executor.step.AttemptOutcome;
import io.lockkeeper.executor.step.Failures;
import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.executor.step.StepResult;
import io.lockkeeper.executor.throttle.Governor;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;

/** One attempt at a backfill: pass after pass over all ranges, until one finds no row that differs. */
final class BackfillRun {

    private static final Logger LOG = Logger.getLogger(BackfillRun.class);
    private static final int MOST_PASSES = 10;
    private static final Duration SAY = Duration.ofSeconds(1);

    private final Action.Backfill action;
    private final CursorLedger cursors;
    private final BackfillPolicy policy;
    private final StepContext context;
    private final int attempt;
    private final PassProgress progress = new PassProgress();
    private final Governor governor;

    BackfillRun(Action.Backfill action, CursorLedger cursors, BackfillPolicy policy, StepContext context,
            int attempt) {
        this.action = action;
        this.cursors = cursors;
        this.policy = policy;
        this.context = context;
        this.attempt = attempt;
        this.governor = new Governor(context.tenure().watch(), action.table(),
                context.tenure().work().stream().map(Session::backendPid).toList(), policy.mostNice(),
                policy.processors(),
                context.pace());
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
            if (end instanceof PassEnd.Held) {
                over(AttemptOutcome.INTERRUPTED, Optional.empty(), "the run is held");
                return new StepResult.Stopped();
            }
            if (end instanceof PassEnd.Failed failed) {
                return failed(failed);
            }
            ranges = cursors.ranges(context.tenure(), context.work());
            long total = ranges.stream().mapToLong(BlockRange::rows).sum();
            int pass = ranges.stream().mapToInt(BlockRange::pass).max().orElse(1);
            if (end instanceof PassEnd.Restart) {
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
            ranges.addAll(BlockRange.split(ranges.size(), pass, part.blocks(), policy.workers(), part.fileNode()));
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
        progress.begin(ranges);
        List<Part> parts = parts();
        long total = ranges.stream().mapToLong(range -> range.end() - range.first()).sum();
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
                Callable<PassEnd> task = () -> new RangeWorker(action, cursors, policy, context, session, parts,
                        progress, governor, mine).work(share);
                ends.add(threads.submit(task));
            }
            return watch(ends, total);
        } finally {
            progress.stop();
            threads.shutdownNow();
        }
    }

    /** Reports progress and looks whether the run is held, on the ledger's session, until all workers have ended. */
    private PassEnd watch(List<Future<PassEnd>> ends, long total) {
        long start = System.nanoTime();
        long rowsAtStart = progress.rows();
        long lastBlocks = -1;
        Instant said = context.pace().now();
        List<String> slowedBy = List.of();
        while (!ends.stream().allMatch(Future::isDone)) {
            waitFor(ends.stream().filter(end -> !end.isDone()).findFirst().orElseThrow());
            if (!progress.stopped() && !context.ledger().wanted(context.tenure(), context.work())) {
                progress.stop();
            }
            governor.look(progress.atWork());
            if (!governor.speed().reasons().equals(slowedBy)) {
                slowedBy = governor.speed().reasons();
                LOG.infof("backfill throttled: target=%s step=%s reasons=%s workers=%d rest=%.1f",
                        context.tenure().target().name(), context.work().step().id(), slowedBy,
                        governor.speed().workers(), governor.speed().rest());
                context.ledger().throttled(context.tenure(), context.work(), slowedBy,
                        governor.speed().workers() == 0);
            }
            if (progress.blocks() != lastBlocks && context.pace().now().isAfter(said.plus(SAY))) {
                lastBlocks = progress.blocks();
                said = context.pace().now();
                double seconds = (System.nanoTime() - start) / 1e9;
                context.ledger().progressed(context.tenure(), context.work(), lastBlocks, total, "blocks",
                        progress.rows(), (progress.rows() - rowsAtStart) / seconds);
            }
        }
        PassEnd worst = new PassEnd.Done();
        for (Future<PassEnd> end : ends) {
            PassEnd one = result(end);
            if (one.rank() > worst.rank()) {
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
                progress.stop();
            }
        } catch (InterruptedException e) {
            progress.stop();
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

    private StepResult failed(PassEnd.Failed failed) {
        Failure said = Failures.of(context.work().step(), failed.failure());
        over(AttemptOutcome.FAILED, Optional.of(failed.failure().sqlState()), said.message());
        String where = failed.key().map(key -> "row " + key + " of " + action.table()).orElse("blocks "
                + failed.range().next() + " to " + failed.range().end() + " of " + action.table());
        return fail(new Failure(said.code(), said.kind(), said.sqlState(), said.message() + " (" + where + ")"));
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
}
