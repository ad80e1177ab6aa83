package io.lockkeeper.executor.step;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;

import io.lockkeeper.messages.OutcomeEvent.LockWaited.Blocker;
import io.lockkeeper.messages.Step.LockClaim;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;

/**
 * A statement that may run for hours and makes no statement of the application wait (SHARE UPDATE EXCLUSIVE). It runs
 * without {@code lock_timeout}, which would leave an invalid index behind, and without {@code statement_timeout}; this
 * class watches instead: it reports progress and whom the server waits for, and cancels at the deadline or when the run
 * is aborted.
 */
final class LongStatement {

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration SAY = Duration.ofSeconds(1);

    private final StepContext context;
    private final int attempt;
    private long lastDone;
    private Instant lastSaid = Instant.EPOCH;

    LongStatement(StepContext context, int attempt) {
        this.context = context;
        this.attempt = attempt;
    }

    /** @throws SqlFailure as the statement fails; cancelled by us, with state CANCELLED */
    void run(String statement, Optional<LockClaim> claim) {
        Session session = context.tenure().hand();
        Instant start = context.pace().now();
        Instant deadline = start.plus(context.locks().watchdog());
        session.execute("SET lock_timeout = 0; SET statement_timeout = 0;\n" + context.tenure().sessionAsOwner());
        try {
            Future<RowSet<Row>> answer = session.sendScript(statement);
            boolean cancelled = false;
            while (!over(answer)) {
                report(session.backendPid(), claim, start);
                boolean late = context.pace().now().isAfter(deadline);
                if (!cancelled && (late || takenBack())) {
                    session.cancel();
                    cancelled = true;
                }
            }
            session.await(answer);
        } finally {
            if (session.open()) {
                session.execute(context.tenure().asOurselves()
                        + "; SET lock_timeout = 1000; SET statement_timeout = 15000");
            }
        }
    }

    /** A pause waits for the end of the statement, an abort does not. */
    private boolean takenBack() {
        return context.work().direction() == Assignment.Direction.APPLY && context.ledger().takingBack(context.tenure(),
                context.work());
    }

    private void report(int pid, Optional<LockClaim> claim, Instant start) {
        List<Row> rows = context.tenure().watch().query("""
                SELECT coalesce(blocks_done, 0) AS done, coalesce(blocks_total, 0) AS total,
                  coalesce(current_locker_pid, 0)::int AS locker, 'blocks' AS unit
                FROM pg_stat_progress_create_index WHERE pid = $1::int
                """, pid);
        for (Row row : rows) {
            if (row.getLong("done") == lastDone || context.pace().now().isBefore(lastSaid.plus(SAY))) {
                continue;
            }
            lastDone = row.getLong("done");
            lastSaid = context.pace().now();
            context.ledger().progressed(context.tenure(), context.work(), row.getLong("done"), row.getLong("total"),
                    row.getString("unit"), 0, 0);
        }
        List<Blocker> blockers = rows.stream().map(row -> row.getInteger("locker")).filter(locker -> locker != 0)
                .flatMap(locker -> context.lookout().backend(locker).stream()).toList();
        if (blockers.isEmpty()) {
            blockers = context.lookout().blockersOf(pid);
        }
        if (!blockers.isEmpty() && claim.isPresent()) {
            context.ledger().waiting(context.tenure(), context.work(), attempt, claim.get(), blockers,
                    Duration.between(start, context.pace().now()));
        }
    }

    private static boolean over(Future<RowSet<Row>> answer) {
        try {
            answer.toCompletionStage().toCompletableFuture().get(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true; // the caller awaits it and hears why
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
