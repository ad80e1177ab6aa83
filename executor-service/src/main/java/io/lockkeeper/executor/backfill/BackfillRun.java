package io.lockkeeper.executor.backfill;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.executor.step.AttemptOutcome;
import io.lockkeeper.executor.step.Failures;
import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.executor.step.StepResult;
import io.lockkeeper.executor.step.Upkeep;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.target.Session;

/** One attempt at a backfill: pass after pass over all ranges, until one finds no row that differs. */
final class BackfillRun {

    private static final int MOST_PASSES = 10;

    private final Action.Backfill action;
    private final CursorLedger cursors;
    private final BackfillPolicy policy;
    private final StepContext context;
    private final int attempt;
    private final Supervisor supervisor;

    BackfillRun(Action.Backfill action, CursorLedger cursors, BackfillPolicy policy, StepContext context,
            int attempt) {
        this.action = action;
        this.cursors = cursors;
        this.policy = policy;
        this.context = context;
        this.attempt = attempt;
        this.supervisor = new Supervisor(context, policy, action.table(), context.tenure().work());
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
                Optional<StepResult> ended = Upkeep.after(context, attempt, action.table(), total);
                if (ended.isPresent()) {
                    return ended.get();
                }
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
        supervisor.progress().begin(ranges.stream().mapToLong(range -> range.next() - range.first()).sum(),
                ranges.stream().mapToLong(BlockRange::rows).sum());
        List<Part> parts = parts();
        int workers = Math.min(policy.workers(), context.tenure().work().size());
        return supervisor.run(workers, number -> {
            List<BlockRange> share = ranges.stream().filter(range -> range.number() % workers == number).toList();
            return () -> new RangeWorker(action, cursors, policy, context, context.tenure().work().get(number), parts,
                    supervisor.progress(), supervisor.turn(number)).work(share);
        }, ranges.stream().mapToLong(range -> range.end() - range.first()).sum(), "blocks");
    }

    private StepResult failed(PassEnd.Failed failed) {
        Failure said = Failures.of(context.work().step(), failed.failure());
        over(AttemptOutcome.FAILED, Optional.of(failed.failure().sqlState()), said.message());
        return fail(new Failure(said.code(), said.kind(), said.sqlState(),
                said.message() + " (" + failed.where() + ")"));
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
