package io.lockkeeper.executor.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.lock.BlockerPolicy;
import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.executor.step.Assignment.Direction;
import io.lockkeeper.executor.step.AttemptOutcome;
import io.lockkeeper.executor.step.StepLedger;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.OutcomeEvent.LockWaited;
import io.lockkeeper.messages.OutcomeEvent.LockWaited.Blocker;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached.Milestone;
import io.lockkeeper.messages.OutcomeEvent.StepChanged;
import io.lockkeeper.messages.OutcomeEvent.StepProgressed;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step.LockClaim;
import io.lockkeeper.messages.StepState;
import io.lockkeeper.target.Session;

/** Steps and attempts in the ledger's tables. */
public final class PostgresStepLedger implements StepLedger {

    /** Message of an attempt that was one action of an undo. */
    private static final String UNDO_PART = "taken back: action ";

    private final Outbox outbox;
    private final RunWriter runs;
    private final StepMeters meters;

    public PostgresStepLedger(Outbox outbox, MeterRegistry registry) {
        this.meters = new StepMeters(registry);
        this.outbox = outbox;
        this.runs = new RunWriter(outbox);
    }

    @Override
    public OptionalInt begin(Tenure tenure, Assignment work, int backendPid) {
        Session session = tenure.ledger();
        RunView run = work.run();
        return Fence.transaction(tenure, run, state -> {
            if (!Fence.wants(state, work)) {
                return OptionalInt.empty();
            }
            // Nothing that a step does can outlive this: its WAL comes later, and is lost with this or not at all.
            session.queueScript("SET LOCAL synchronous_commit = off");
            session.queue("""
                    UPDATE lockkeeper.attempt SET outcome = 'INTERRUPTED', finished_at = clock_timestamp()
                    WHERE run = $1::text AND step = $2::text AND outcome IS NULL
                    """, run.id(), work.step().id());
            // A step that is taken back stays what it was until it is taken back: that says what still stands of it.
            int attempt = session.query("""
                    UPDATE lockkeeper.step
                    SET state = CASE WHEN $3::boolean THEN 'RUNNING' ELSE state END, attempts = attempts + 1,
                      failure = NULL, started_at = coalesce(started_at, clock_timestamp())
                    WHERE run = $1::text AND id = $2::text RETURNING attempts
                    """, run.id(), work.step().id(), work.direction() == Direction.APPLY).get(0).getInteger("attempts");
            session.queue("""
                    INSERT INTO lockkeeper.attempt (run, step, number, backend_pid, executor)
                    VALUES ($1::text, $2::text, $3::int, $4::int, $5::text)
                    """, run.id(), work.step().id(), attempt, backendPid, tenure.executor());
            if (work.direction() == Direction.APPLY) {
                if (state != work.state()) {
                    runs.move(session, run, work.state());
                }
                changed(session, work, attempt, StepState.RUNNING, Optional.empty(), Optional.empty(), Optional.empty(),
                        Duration.ZERO);
            }
            meters.begun(work, attempt);
            return OptionalInt.of(attempt);
        });
    }

    @Override
    public boolean wanted(Tenure tenure, Assignment work) {
        return Fence.wants(state(tenure, work), work);
    }

    @Override
    public boolean aborting(Tenure tenure, Assignment work) {
        return state(tenure, work) == RunState.ABORTING;
    }

    private static RunState state(Tenure tenure, Assignment work) {
        return RunState.valueOf(tenure.ledger()
                .query("SELECT state FROM lockkeeper.run WHERE id = $1::text", work.run().id()).get(0)
                .getString("state"));
    }

    @Override
    public void waiting(Tenure tenure, Assignment work, int attempt, LockClaim claim, List<Blocker> blockers,
            Duration waited) {
        Session session = tenure.ledger();
        Fence.transaction(tenure, work.run(), state -> {
            session.query("""
                    UPDATE lockkeeper.attempt SET blockers = $4::text::jsonb, waited_ms = $5::bigint
                    WHERE run = $1::text AND step = $2::text AND number = $3::int
                    """, work.run().id(), work.step().id(), attempt, Outbox.json(blockers), waited.toMillis());
            boolean moved = work.direction() == Direction.APPLY && !session.query("""
                    UPDATE lockkeeper.step SET state = 'WAITING_FOR_LOCK'
                    WHERE run = $1::text AND id = $2::text AND state = 'RUNNING' RETURNING id
                    """, work.run().id(), work.step().id()).isEmpty();
            if (moved) {
                changed(session, work, attempt, StepState.WAITING_FOR_LOCK, Optional.empty(), Optional.empty(),
                        Optional.empty(), Duration.ZERO);
            }
            // Said once for each set of blockers, not at each look.
            String who = Hash.sha256(blockers.stream().map(Blocker::pid).sorted().toList().toString()).substring(0, 8);
            lockWaited(session, work, attempt, "waiting/" + who, claim, false, waited, blockers, List.of());
            return null;
        });
    }

    @Override
    public void ending(Tenure tenure, Assignment work, int attempt, Blocker blocker, BlockerPolicy.End how) {
        Fence.transaction(tenure, work.run(), state -> tenure.ledger().query("""
                UPDATE lockkeeper.attempt SET ended = ended || $4::text::jsonb
                WHERE run = $1::text AND step = $2::text AND number = $3::int
                """, work.run().id(), work.step().id(), attempt,
                Outbox.json(List.of(Map.of("how", how.name().toLowerCase(Locale.ROOT), "blocker", blocker)))));
        meters.ended(work, how);
    }

    @Override
    public void attemptOver(Tenure tenure, Assignment work, int attempt, AttemptOutcome outcome,
            Optional<String> sqlState, String message, Optional<LockClaim> claim, Seen seen) {
        Session session = tenure.ledger();
        Fence.transaction(tenure, work.run(), state -> {
            session.query("""
                    UPDATE lockkeeper.attempt
                    SET outcome = $4::text, sqlstate = $5::text, message = $6::text,
                      waited_ms = coalesce(waited_ms, 0) + $7::bigint,
                      blockers = CASE WHEN $8::text = '[]' THEN blockers ELSE $8::text::jsonb END,
                      victims = $9::text::jsonb, finished_at = clock_timestamp()
                    WHERE run = $1::text AND step = $2::text AND number = $3::int
                    """, work.run().id(), work.step().id(), attempt, outcome.name(), sqlState.orElse(null), message,
                    seen.took().toMillis(), Outbox.json(seen.blockers()), Outbox.json(seen.victims()));
            boolean lock = outcome == AttemptOutcome.LOCK_TIMEOUT || outcome == AttemptOutcome.DEADLOCK;
            claim.filter(any -> lock).ifPresent(any -> lockWaited(session, work, attempt, "over", any, false,
                    seen.took(), seen.blockers(), seen.victims()));
            return null;
        });
    }

    @Override
    public void lockTaken(Tenure tenure, Assignment work, int attempt, LockClaim claim, Seen seen) {
        meters.waited(work, seen);
        Session session = tenure.ledger();
        Fence.retrying(() -> session.transaction(() -> {
            session.query("""
                    UPDATE lockkeeper.attempt
                    SET waited_ms = coalesce(waited_ms, 0) + $4::bigint, blockers = $5::text::jsonb,
                      victims = $6::text::jsonb
                    WHERE run = $1::text AND step = $2::text AND number = $3::int
                    """, work.run().id(), work.step().id(), attempt, seen.took().toMillis(),
                    Outbox.json(seen.blockers()), Outbox.json(seen.victims()));
            lockWaited(session, work, attempt, "taken", claim, true, seen.took(), seen.blockers(), seen.victims());
            return null;
        }));
    }

    private void lockWaited(Session session, Assignment work, int attempt, String what, LockClaim claim,
            boolean acquired, Duration waited, List<Blocker> blockers, List<LockWaited.Victim> victims) {
        outbox.put(session, work.run(), "lock/" + work.step().id() + "/" + attempt + "/" + what,
                new LockWaited(work.run().target(), work.run().release(), work.run().id(), work.step().id(), attempt,
                        claim.relation(), claim.mode(), acquired, waited, blockers, victims, Instant.now()));
    }

    @Override
    public void finishWithin(Session session, Tenure tenure, Assignment work, int attempt, Optional<Long> rows) {
        Supplier<RunState> state = Fence.ask(session, tenure, work.run());
        markDone(session, work, attempt, rows);
        if (!Fence.wants(state.get(), work) && !completedBySameTransaction(session, work)) {
            throw new StepStopped(work.step().id());
        }
        done(work, rows);
    }

    private void done(Assignment work, Optional<Long> rows) {
        if (work.whole()) {
            meters.over(work, AttemptOutcome.SUCCEEDED);
            meters.moved(work, rows);
        }
    }

    private void markDone(Session session, Assignment work, int attempt, Optional<Long> rows) {
        if (!work.whole()) {
            session.query("""
                    UPDATE lockkeeper.attempt
                    SET outcome = 'SUCCEEDED', message = $4::text, finished_at = clock_timestamp()
                    WHERE run = $1::text AND step = $2::text AND number = $3::int
                    """, work.run().id(), work.step().id(), attempt,
                    UNDO_PART + work.part().map(Assignment.Part::number).orElseThrow());
            return;
        }
        StepState end = work.direction().end();
        String marker = Outbox.json(Map.of("run", work.run().id(), "step", work.step().id(), "attempt", attempt,
                "state", end.name()));
        Row row = session.query("""
                WITH marker AS MATERIALIZED (
                  SELECT pg_logical_emit_message(true, 'lockkeeper.step', $6::text) AS lsn
                ), run_moved AS (
                  UPDATE lockkeeper.run SET marker = (SELECT lsn FROM marker) WHERE id = $1::text
                ), attempt_over AS (
                  UPDATE lockkeeper.attempt SET outcome = 'SUCCEEDED', finished_at = clock_timestamp()
                  WHERE run = $1::text AND step = $2::text AND number = $3::int
                )
                UPDATE lockkeeper.step
                SET state = $4::text, marker = (SELECT lsn FROM marker), rows = coalesce($5::bigint, rows),
                  failure = NULL, throttled_by = '{}', finished_at = clock_timestamp()
                WHERE run = $1::text AND id = $2::text
                RETURNING marker::text AS marker,
                  (extract(epoch FROM finished_at - started_at) * 1000)::bigint AS took
                """, work.run().id(), work.step().id(), attempt, end.name(), rows.orElse(null), marker).get(0);
        changed(session, work, attempt, end, Optional.empty(), Optional.of(Lsn.parse(row.getString("marker"))), rows,
                Duration.ofMillis(Optional.ofNullable(row.getLong("took")).orElse(0L)));
    }

    /** The step that concludes a run has just moved it to COMPLETED in this very transaction. */
    private static boolean completedBySameTransaction(Session session, Assignment work) {
        return !session.query("""
                SELECT FROM lockkeeper.run
                WHERE id = $1::text AND state = 'COMPLETED' AND xmin = pg_current_xact_id()::xid
                """, work.run().id()).isEmpty();
    }

    @Override
    public void finish(Tenure tenure, Assignment work, int attempt, Optional<Long> rows) {
        Fence.transaction(tenure, work.run(), state -> {
            // Whatever the run wants by now: what was done was done, and an abort must know it.
            markDone(tenure.ledger(), work, attempt, rows);
            return null;
        });
        done(work, rows);
    }

    @Override
    public void completeWithin(Session session, Tenure tenure, Assignment work) {
        RunView run = work.run();
        if (!Fence.wants(Fence.check(session, tenure, run), work)) {
            throw new StepStopped(work.step().id());
        }
        for (Plan.FileVersion file : run.plan().files()) {
            session.query("""
                    INSERT INTO lockkeeper.migration (version, path, checksum, run)
                    VALUES ($1::text, $2::text, $3::text, $4::text)
                    """, file.version(), file.path(), file.checksum(), run.id());
        }
        runs.closeGates(session, run);
        runs.move(session, run, RunState.COMPLETED);
        outbox.put(session, run, PostgresRunLedger.milestoneId(Milestone.COMPLETED), new MilestoneReached(run.target(),
                run.release(), run.id(), Milestone.COMPLETED, Instant.now()));
    }

    @Override
    public void fail(Tenure tenure, Assignment work, OptionalInt attempt, Failure failure) {
        Session session = tenure.ledger();
        Fence.transaction(tenure, work.run(), state -> {
            session.query("""
                    UPDATE lockkeeper.attempt
                    SET outcome = 'FAILED', sqlstate = $3::text, message = $4::text, finished_at = clock_timestamp()
                    WHERE run = $1::text AND step = $2::text AND outcome IS NULL
                    """, work.run().id(), work.step().id(), failure.sqlState().orElse(null), failure.message());
            int attempts = session.query("""
                    UPDATE lockkeeper.step
                    SET state = CASE WHEN $4::boolean THEN 'FAILED' ELSE state END, failure = $3::text::jsonb
                    WHERE run = $1::text AND id = $2::text RETURNING attempts
                    """, work.run().id(), work.step().id(), Outbox.json(failure),
                    work.direction() == Direction.APPLY).get(0).getInteger("attempts");
            changed(session, work, attempt.orElse(attempts), StepState.FAILED, Optional.of(failure), Optional.empty(),
                    Optional.empty(), Duration.ZERO);
            if (Fence.wants(state, work) || state == RunState.PAUSED) {
                RunState back = state == RunState.PAUSED ? work.state() : state;
                runs.move(session, work.run(), RunState.HALTED, Optional.of(back),
                        Optional.of(failure.code() + ": " + failure.message()));
            }
            return null;
        });
    }

    @Override
    public void throttled(Tenure tenure, Assignment work, List<String> reasons, boolean paused) {
        meters.throttled(work, reasons);
        tenure.ledger().query("""
                UPDATE lockkeeper.step
                SET throttled_by = $3::text[], state = CASE WHEN $4::boolean THEN 'THROTTLED' ELSE 'RUNNING' END
                WHERE run = $1::text AND id = $2::text AND state IN ('RUNNING', 'THROTTLED')
                """, work.run().id(), work.step().id(), reasons.toArray(String[]::new), paused);
    }

    @Override
    public void progressed(Tenure tenure, Assignment work, long done, long total, String unit, long rows,
            double rowsPerSecond) {
        meters.moved(work, Optional.of(rows));
        Session session = tenure.ledger();
        Fence.retrying(() -> session.transaction(() -> {
            String at = session.query("SELECT pg_current_xact_id()::text AS transaction").get(0)
                    .getString("transaction");
            outbox.put(session, work.run(), "progress/" + work.step().id() + "/" + at,
                    new StepProgressed(work.run().target(), work.run().release(), work.run().id(), work.step().id(),
                            done, total, unit, rows, rowsPerSecond, Instant.now()));
            return null;
        }));
    }

    @Override
    public void keepRoutine(Session session, Assignment work, String identity, Optional<String> before, String after,
            String owner, Optional<String> acl) {
        session.query("""
                INSERT INTO lockkeeper.routine (run, step, identity, definition_before, definition_after, owner, acl)
                VALUES ($1::text, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text)
                ON CONFLICT (run, step, identity) DO UPDATE
                SET definition_after = excluded.definition_after, replaced_at = now()
                """, work.run().id(), work.step().id(), identity, before.orElse(null), after, owner,
                acl.orElse(null));
    }

    @Override
    public int undoneParts(Tenure tenure, Assignment work) {
        return tenure.ledger().query("""
                SELECT count(*)::int AS parts FROM lockkeeper.attempt
                WHERE run = $1::text AND step = $2::text AND outcome = 'SUCCEEDED' AND starts_with(message, $3::text)
                """, work.run().id(), work.step().id(), UNDO_PART).get(0).getInteger("parts");
    }

    @Override
    public Optional<String> routineBefore(Tenure tenure, Assignment work) {
        return tenure.ledger().query("""
                SELECT definition_before FROM lockkeeper.routine WHERE run = $1::text AND step = $2::text
                """, work.run().id(), work.step().id()).stream().findFirst()
                .map(row -> row.getString("definition_before"));
    }

    private void changed(Session session, Assignment work, int attempt, StepState state, Optional<Failure> failure,
            Optional<Lsn> marker, Optional<Long> rows, Duration took) {
        outbox.put(session, work.run(), "step/" + work.step().id() + "/" + attempt + "/" + state,
                new StepChanged(work.run().target(), work.run().release(), work.run().id(), work.step().id(), state,
                        attempt, failure, marker, rows, took, Instant.now()));
    }
}
