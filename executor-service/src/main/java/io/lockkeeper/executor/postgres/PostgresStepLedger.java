package io.lockkeeper.executor.postgres;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

import io.micrometer.core.instrument.MeterRegistry;

import io.lockkeeper.executor.lock.BlockerPolicy;
import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.executor.step.Assignment.Direction;
import io.lockkeeper.executor.step.AttemptOutcome;
import io.lockkeeper.executor.step.RoutineStanding;
import io.lockkeeper.executor.step.StepLedger;
import io.lockkeeper.executor.step.Tuning;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.OutcomeEvent.LockWaited.Blocker;
import io.lockkeeper.messages.OutcomeEvent.StepChanged;
import io.lockkeeper.messages.RoutineIdentity;
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
    private final AttemptWriter attempts;
    private final RunCompletion completion;
    private final DataStepRows data;
    private final StepMeters meters;

    public PostgresStepLedger(Outbox outbox, MeterRegistry registry) {
        this.meters = new StepMeters(registry);
        this.outbox = outbox;
        this.runs = new RunWriter(outbox);
        this.completion = new RunCompletion(outbox, runs);
        this.attempts = new AttemptWriter(outbox);
        this.data = new DataStepRows(outbox);
    }

    @Override
    public OptionalInt begin(Tenure tenure, Assignment work, int backendPid) {
        Session session = tenure.ledger();
        try {
            return OptionalInt
                    .of(Fence.retrying(() -> session.transaction(() -> begin(session, tenure, work, backendPid))));
        } catch (StepStopped e) {
            return OptionalInt.empty();
        }
    }

    private int begin(Session session, Tenure tenure, Assignment work, int backendPid) {
        RunView run = work.run();
        // Nothing that a step does can outlive this: its WAL comes later, and is lost with this or not at all.
        session.queueScript("SET LOCAL synchronous_commit = off");
        Supplier<RunState> fence = Fence.ask(session, tenure, run);
        // A step that is taken back stays what it was until it is taken back: that says what still stands of it.
        int attempt = session.query("""
                UPDATE lockkeeper.step
                SET state = CASE WHEN $3::boolean THEN 'RUNNING' ELSE state END, attempts = attempts + 1,
                  failure = NULL, started_at = coalesce(started_at, clock_timestamp())
                WHERE run = $1::text AND id = $2::text RETURNING attempts
                """, run.id(), work.step().id(), work.direction() == Direction.APPLY).get(0).getInteger("attempts");
        RunState state = fence.get();
        if (!Fence.wants(state, work)) {
            throw new StepStopped(work.step().id());
        }
        attempts.begin(session, work, attempt, backendPid, tenure.executor());
        if (work.direction() == Direction.APPLY) {
            if (state != work.state()) {
                runs.move(session, run, work.state());
            }
            changed(session, work, attempt, StepState.RUNNING, Optional.empty(), Optional.empty(), Optional.empty(),
                    Duration.ZERO);
        }
        meters.begun(work, attempt);
        return attempt;
    }

    @Override
    public boolean wanted(Tenure tenure, Assignment work) {
        return Fence.wants(state(tenure, work), work);
    }

    @Override
    public Tuning tuning(Tenure tenure, Assignment work) {
        return data.tuning(tenure.ledger(), work);
    }

    @Override
    public boolean takingBack(Tenure tenure, Assignment work) {
        return state(tenure, work).takingBack();
    }

    private static RunState state(Tenure tenure, Assignment work) {
        return RunState.valueOf(tenure.ledger()
                .query("SELECT state FROM lockkeeper.run WHERE id = $1::text", work.run().id()).get(0)
                .getString("state"));
    }

    @Override
    public void waiting(Tenure tenure, Assignment work, int attempt, LockClaim claim, List<Blocker> blockers,
            Duration waited) {
        Fence.transaction(tenure, work.run(), state -> {
            attempts.waiting(tenure.ledger(), work, attempt, claim, blockers, waited);
            boolean moved = work.direction() == Direction.APPLY && !tenure.ledger().query("""
                    UPDATE lockkeeper.step SET state = 'WAITING_FOR_LOCK'
                    WHERE run = $1::text AND id = $2::text AND state = 'RUNNING' RETURNING id
                    """, work.run().id(), work.step().id()).isEmpty();
            if (moved) {
                changed(tenure.ledger(), work, attempt, StepState.WAITING_FOR_LOCK, Optional.empty(), Optional.empty(),
                        Optional.empty(), Duration.ZERO);
            }
            return null;
        });
    }

    @Override
    public void ending(Tenure tenure, Assignment work, int attempt, Blocker blocker, BlockerPolicy.End how,
            boolean refused) {
        String what = refused ? "refused" : how.name().toLowerCase(Locale.ROOT);
        Fence.transaction(tenure, work.run(), state -> {
            attempts.ending(tenure.ledger(), work, attempt, blocker, what);
            return null;
        });
        meters.ended(work, what);
    }

    @Override
    public void attemptOver(Tenure tenure, Assignment work, int attempt, AttemptOutcome outcome,
            Optional<String> sqlState, String message, Optional<LockClaim> claim, Seen seen) {
        Fence.transaction(tenure, work.run(), state -> {
            attempts.over(tenure.ledger(), work, attempt, outcome, sqlState, message, claim, seen);
            return null;
        });
    }

    @Override
    public void lockTaken(Tenure tenure, Assignment work, int attempt, LockClaim claim, Seen seen) {
        meters.waited(work, seen);
        // Not behind the fence: it happened, whoever has the target now.
        Fence.retrying(() -> tenure.ledger().transaction(() -> {
            attempts.lockTaken(tenure.ledger(), work, attempt, claim, seen);
            return null;
        }));
    }

    @Override
    public int finishWithin(Session session, Tenure tenure, Assignment work, OptionalInt attempt) {
        Supplier<RunState> fence = Fence.ask(session, tenure, work.run());
        int number = markDone(session, tenure, work, attempt, Optional.empty(), () -> {
            RunState state = fence.get();
            if (!Fence.wants(state, work) && !completedBySameTransaction(session, work)) {
                throw new StepStopped(work.step().id());
            }
            // Said before the step's end, as where the step was begun before.
            if (attempt.isEmpty() && state != work.state()) {
                runs.move(session, work.run(), work.state());
            }
        });
        done(work, Optional.empty());
        return number;
    }

    private void done(Assignment work, Optional<Long> rows) {
        if (work.whole()) {
            meters.over(work, AttemptOutcome.SUCCEEDED);
            meters.moved(work, rows);
        }
    }

    /**
     * @param beforeItIsSaid done once the rows are written
     * @return the attempt's number
     */
    private int markDone(Session session, Tenure tenure, Assignment work, OptionalInt attempt, Optional<Long> rows,
            Runnable beforeItIsSaid) {
        if (!work.whole()) {
            session.query("""
                    UPDATE lockkeeper.attempt
                    SET outcome = 'SUCCEEDED', message = $4::text, finished_at = clock_timestamp()
                    WHERE run = $1::text AND step = $2::text AND number = $3::int
                    """, work.run().id(), work.step().id(), attempt.orElseThrow(),
                    UNDO_PART + work.part().map(Assignment.Part::number).orElseThrow());
            beforeItIsSaid.run();
            return attempt.getAsInt();
        }
        StepState end = work.direction().end();
        StepEnd.Written written = StepEnd.write(session, work, end, tenure.executor(), attempt.isPresent(), rows);
        beforeItIsSaid.run();
        changed(session, work, written.attempt(), end, Optional.empty(), Optional.of(written.marker()), rows,
                written.took());
        return written.attempt();
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
            markDone(tenure.ledger(), tenure, work, OptionalInt.of(attempt), rows, () -> {});
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
        completion.write(session, tenure, run);
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
        data.throttled(tenure.ledger(), work, reasons, paused);
    }

    @Override
    public void progressed(Tenure tenure, Assignment work, long done, long total, String unit, long rows,
            double rowsPerSecond) {
        meters.moved(work, Optional.of(rows));
        Fence.retrying(() -> tenure.ledger().transaction(() -> {
            data.progressed(tenure.ledger(), work, done, total, unit, rows, rowsPerSecond);
            return null;
        }));
    }

    @Override
    public void keepRoutine(Session session, Assignment work, RoutineIdentity routine,
            Optional<RoutineStanding> before, Optional<RoutineStanding> after) {
        RoutineRows.keep(session, work, routine, before, after);
    }

    @Override
    public int undoneParts(Tenure tenure, Assignment work) {
        return tenure.ledger().query("""
                SELECT count(*)::int AS parts FROM lockkeeper.attempt
                WHERE run = $1::text AND step = $2::text AND outcome = 'SUCCEEDED' AND starts_with(message, $3::text)
                  -- Since it was last done as a whole: what was taken back may have been done again.
                  AND number > ALL (SELECT number FROM lockkeeper.attempt
                    WHERE run = $1::text AND step = $2::text AND outcome = 'SUCCEEDED'
                      AND NOT starts_with(coalesce(message, ''), $3::text))
                """, work.run().id(), work.step().id(), UNDO_PART).get(0).getInteger("parts");
    }

    @Override
    public Optional<String> routineBefore(Tenure tenure, Assignment work) {
        return RoutineRows.before(tenure.ledger(), work);
    }

    private void changed(Session session, Assignment work, int attempt, StepState state, Optional<Failure> failure,
            Optional<Lsn> marker, Optional<Long> rows, Duration took) {
        outbox.put(session, work.run(), "step/" + work.step().id() + "/" + attempt + "/" + state,
                new StepChanged(work.run().target(), work.run().release(), work.run().id(), work.step().id(), state,
                        attempt, failure, marker, rows, took, Instant.now()));
    }
}
