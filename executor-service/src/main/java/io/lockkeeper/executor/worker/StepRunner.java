package io.lockkeeper.executor.worker;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

import io.lockkeeper.executor.backfill.BackfillPolicy;
import io.lockkeeper.executor.backfill.BackfillStep;
import io.lockkeeper.executor.backfill.ChangeRowsStep;
import io.lockkeeper.executor.backfill.CursorLedger;
import io.lockkeeper.executor.fault.CrashPoints;
import io.lockkeeper.executor.lock.DutyCycle;
import io.lockkeeper.executor.lock.LockPolicy;
import io.lockkeeper.executor.pace.Pace;
import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.step.AsWrittenStep;
import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.executor.step.CheckStep;
import io.lockkeeper.executor.step.ConcludeStep;
import io.lockkeeper.executor.step.CreateIndexStep;
import io.lockkeeper.executor.step.CreatePublicationStep;
import io.lockkeeper.executor.step.DdlStep;
import io.lockkeeper.executor.step.DetachPartitionStep;
import io.lockkeeper.executor.step.DropIndexStep;
import io.lockkeeper.executor.step.PlannedUndo;
import io.lockkeeper.executor.step.RefreshViewStep;
import io.lockkeeper.executor.step.ReindexStep;
import io.lockkeeper.executor.step.ReplaceRoutineStep;
import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.executor.step.StepLedger;
import io.lockkeeper.executor.step.StepResult;
import io.lockkeeper.executor.step.StepWork;
import io.lockkeeper.executor.step.ValidateConstraintStep;
import io.lockkeeper.executor.throttle.Hooks;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;

/** Gives each kind of action its class. */
public final class StepRunner {

    private final StepLedger ledger;
    private final CursorLedger cursors;
    private final Function<Policy, LockPolicy> locks;
    private final DutyCycle duty = new DutyCycle();
    private final BackfillPolicy backfill;
    private final Hooks hooks;
    private final CrashPoints crash;
    private final Pace pace;

    /**
     * @param locks how to queue for locks under a release's policy
     * @param hooks what slows data steps down beside the target itself
     */
    public StepRunner(StepLedger ledger, CursorLedger cursors, Function<Policy, LockPolicy> locks,
            BackfillPolicy backfill, Hooks hooks, CrashPoints crash, Pace pace) {
        this.ledger = ledger;
        this.cursors = cursors;
        this.locks = locks;
        this.backfill = backfill;
        this.hooks = hooks;
        this.crash = crash;
        this.pace = pace;
    }

    StepResult apply(Tenure tenure, RunView run, Step step, RunState state) {
        var work = Assignment.apply(run, step, state);
        Optional<Failure> changed = Drift.before(tenure, run, step);
        if (changed.isPresent()) {
            ledger.fail(tenure, work, OptionalInt.empty(), changed.get());
            return new StepResult.Failed(changed.get());
        }
        StepResult result = of(step.action()).apply(context(tenure, work));
        if (result instanceof StepResult.Succeeded) {
            crash.after(step.id());
            Drift.after(tenure, run, step);
        }
        return result;
    }

    StepResult undo(Tenure tenure, RunView run, Step step) {
        return new PlannedUndo(this::of).run(context(tenure, Assignment.undo(run, step)));
    }

    private StepContext context(Tenure tenure, Assignment work) {
        return new StepContext(tenure, work, ledger, locks.apply(work.run().plan().policy()), duty,
                hooks, crash, pace);
    }

    private StepWork of(Action action) {
        if (action instanceof Action.Ddl ddl) {
            return new DdlStep(ddl);
        }
        if (action instanceof Action.ReplaceRoutine replace) {
            return new ReplaceRoutineStep(replace);
        }
        if (action instanceof Action.CreateIndex create) {
            return new CreateIndexStep(create);
        }
        if (action instanceof Action.DropIndex drop) {
            return new DropIndexStep(drop);
        }
        if (action instanceof Action.ValidateConstraint validate) {
            return new ValidateConstraintStep(validate);
        }
        if (action instanceof Action.DetachPartition detach) {
            return new DetachPartitionStep(detach);
        }
        if (action instanceof Action.Reindex reindex) {
            return new ReindexStep(reindex);
        }
        if (action instanceof Action.RefreshView refresh) {
            return new RefreshViewStep(refresh);
        }
        if (action instanceof Action.Backfill fill) {
            return new BackfillStep(fill, cursors, backfill);
        }
        if (action instanceof Action.ChangeRows change) {
            return new ChangeRowsStep(change, cursors, backfill);
        }
        if (action instanceof Action.Check check) {
            return new CheckStep(check);
        }
        if (action instanceof Action.AsWritten written) {
            return new AsWrittenStep(written);
        }
        if (action instanceof Action.CreatePublication create) {
            return new CreatePublicationStep(create);
        }
        if (action instanceof Action.Conclude conclude) {
            return new ConcludeStep(conclude);
        }
        throw new IllegalStateException("no class runs " + action.getClass().getSimpleName());
    }
}
