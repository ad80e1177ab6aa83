package io.lockkeeper.executor.step;

/** One kind of step: knows its SQL, its locks, its probe and how it is taken back. */
public interface StepWork {

    /**
     * Does the step and writes it into the ledger. Begun before and interrupted anywhere, it finds out what stands and
     * goes on from there.
     *
     * @throws io.lockkeeper.target.SqlFailure      if a connection is lost; the run is adopted anew
     * @throws io.lockkeeper.executor.recovery.Fenced if another executor has taken over
     */
    StepResult apply(StepContext context);

    /** Takes back what stands of the step, all of it or the part that was done, where the plan does not say how. */
    StepResult undo(StepContext context);
}
