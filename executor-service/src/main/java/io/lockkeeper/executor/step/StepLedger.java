package io.lockkeeper.executor.step;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import io.lockkeeper.executor.lock.BlockerPolicy;
import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.OutcomeEvent.LockWaited.Blocker;
import io.lockkeeper.messages.RoutineIdentity;
import io.lockkeeper.messages.Step.LockClaim;
import io.lockkeeper.target.Session;

/**
 * What steps write into the ledger. Every method is one transaction on the tenure's ledger session, except where it takes
 * the session whose transaction it joins; every one is fenced by the epoch.
 */
public interface StepLedger {

    /**
     * Commits the intent, before anything is done: RUNNING, and an attempt with the backend that will act.
     *
     * @return the attempt's number; empty if the run no longer wants the step (paused, aborted)
     */
    OptionalInt begin(Tenure tenure, Assignment work, int backendPid);

    /** The run still wants the step: neither paused nor aborted since it began. */
    boolean wanted(Tenure tenure, Assignment work);

    /** How fast a person lets data steps go, as it is now. */
    Tuning tuning(Tenure tenure, Assignment work);

    /** The run is being taken back. */
    boolean takingBack(Tenure tenure, Assignment work);

    /** Somebody holds what the step needs. Says so in step, attempt and event. */
    void waiting(Tenure tenure, Assignment work, int attempt, LockClaim claim, List<Blocker> blockers, Duration waited);

    /**
     * Somebody's session is about to be ended for this attempt, or the server has refused that: kept for audit, and counted.
     */
    void ending(Tenure tenure, Assignment work, int attempt, Blocker blocker, BlockerPolicy.End how, boolean refused);

    /** The attempt is over and did not succeed, but the step goes on. */
    void attemptOver(Tenure tenure, Assignment work, int attempt, AttemptOutcome outcome, Optional<String> sqlState,
            String message, Optional<LockClaim> claim, Seen seen);

    /** What was seen while an attempt that succeeded took its locks. */
    void lockTaken(Tenure tenure, Assignment work, int attempt, LockClaim claim, Seen seen);

    /**
     * Marks the step as done in the transaction that {@code session} has open, with its WAL marker: they commit together
     * or not at all. Call it before any lock of the application's tables is asked for.
     *
     * @param attempt empty if it was not begun before: then it begins and ends here
     * @return the attempt's number
     * @throws StepStopped if the run no longer wants the step
     */
    int finishWithin(Session session, Tenure tenure, Assignment work, OptionalInt attempt);

    /** Marks a step as done whose work is committed already, also if the run has been paused or aborted meanwhile. */
    void finish(Tenure tenure, Assignment work, int attempt, Optional<Long> rows);

    /** Ends the run COMPLETED in the transaction that {@code session} has open. */
    void completeWithin(Session session, Tenure tenure, Assignment work);

    /** Marks the step as failed and halts the run. */
    void fail(Tenure tenure, Assignment work, OptionalInt attempt, Failure failure);

    /** The names of what slows the step down have changed; {@code paused}: they let nothing through. */
    void throttled(Tenure tenure, Assignment work, List<String> reasons, boolean paused);

    /** @param done of {@code total} in {@code unit} */
    void progressed(Tenure tenure, Assignment work, long done, long total, String unit, long rows,
            double rowsPerSecond);

    /** Keeps what a routine was and what it is, absent where there was or is none, in the open transaction. */
    void keepRoutine(Session session, Assignment work, RoutineIdentity routine, Optional<RoutineStanding> before,
            Optional<RoutineStanding> after);

    /** How many of the actions that take the step back are done. */
    int undoneParts(Tenure tenure, Assignment work);

    /** The definition that a routine had before this step; empty if it did not exist or the step never replaced it. */
    Optional<String> routineBefore(Tenure tenure, Assignment work);

    /** The run no longer wants the step: roll back and leave it. */
    final class StepStopped extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public StepStopped(String step) {
            super("step " + step + " is no longer wanted");
        }
    }
}
