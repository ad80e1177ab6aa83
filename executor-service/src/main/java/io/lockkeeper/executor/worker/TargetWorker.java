package io.lockkeeper.executor.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

import io.vertx.sqlclient.Row;
import org.jboss.logging.Logger;

import io.lockkeeper.executor.preflight.Preflight;
import io.lockkeeper.executor.recovery.Adoption;
import io.lockkeeper.executor.recovery.Fenced;
import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.run.Milestones;
import io.lockkeeper.executor.run.Next;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.step.Failures;
import io.lockkeeper.executor.step.StepResult;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached.Milestone;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetException;

/**
 * Works the open runs of one target, from the ledger alone: look, decide, do one thing, look again; the earliest that does
 * not wait for somebody comes first. Whatever interrupts it,
 * a lost connection or the end of the process, the next look goes on from what the ledger shows.
 */
final class TargetWorker implements Runnable {

    private static final Logger LOG = Logger.getLogger(TargetWorker.class);

    /** Verdicts and controls that come through this process wake the worker; those of others are found by looking. */
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration ELSEWHERE = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(15);
    private static final Duration VALIDATION_TIMEOUT = Duration.ofMinutes(30);

    private final Target target;
    private final Adoption adoption;
    private final RunLedger ledger;
    private final Preflight preflight;
    private final StepRunner steps;
    private final Signal signal = new Signal();
    private final Runnable afterWrite;
    private final BooleanSupplier crowded;
    private volatile boolean stopped;
    private volatile Thread thread;

    /**
     * @param afterWrite called when there may be something in the outbox
     * @param crowded    other targets wait for this one's place: who only waits gives it away
     */
    TargetWorker(Target target, Adoption adoption, RunLedger ledger, Preflight preflight, StepRunner steps,
            Runnable afterWrite,
            BooleanSupplier crowded) {
        this.target = target;
        this.adoption = adoption;
        this.ledger = ledger;
        this.preflight = preflight;
        this.steps = steps;
        this.afterWrite = afterWrite;
        this.crowded = crowded;
    }

    void wake() {
        signal.raise();
    }

    void stop() {
        stopped = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    /** Returns when the target has no open run, or can give its place away. */
    @Override
    public void run() {
        thread = Thread.currentThread();
        int failures = 0;
        while (!stopped) {
            try (Tenure tenure = adoption.take(target).orElse(null)) {
                if (tenure == null) {
                    signal.await(ELSEWHERE);
                    if (!stopped) {
                        return; // another executor has it: the patrol looks again
                    }
                    continue;
                }
                failures = 0;
                if (work(tenure)) {
                    return;
                }
                continue;
            } catch (Fenced e) {
                LOG.warnf("left to another executor: target=%s reason=%s", target.name(), e.getMessage());
            } catch (Adoption.Refused e) {
                LOG.errorf("target refused: target=%s reason=%s", target.name(), e.getMessage());
                signal.await(LONGEST_RETRY);
                return; // the registry may say by now where the right one is: the patrol reads it
            } catch (SqlFailure | TargetException e) {
                if (stopped) {
                    return;
                }
                failures++;
                Duration retry = Duration.ofMillis(
                        Math.min(LONGEST_RETRY.toMillis(), 250L << Math.min(failures, 10)));
                LOG.warnf("target not usable now: target=%s retry=%s reason=%s", target.name(), retry, e.getMessage());
                signal.await(retry);
            }
            if (crowded.getAsBoolean()) {
                return;
            }
        }
    }

    /** @return true if there is nothing to do for now, false if the tenure broke */
    private boolean work(Tenure tenure) {
        RunLedger.OpenRuns runs = ledger.openRuns(tenure.ledger(), target.name());
        Map<String, Set<Milestone>> said = new HashMap<>();
        while (!stopped && tenure.intact()) {
            List<RunView> open = runs.look();
            if (open.isEmpty()) {
                return true;
            }
            boolean waiting = true;
            for (RunView run : open) {
                Set<Milestone> reached = Milestones.reached(run);
                if (!reached.equals(said.put(run.id(), reached))) {
                    ledger.announce(tenure, run);
                }
                waiting = waiting && waits(tenure, run);
            }
            afterWrite.run();
            if (waiting) {
                signal.await(LOOK);
                if (crowded.getAsBoolean()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** @return whether the run waits for somebody; then one that was claimed after it may go on */
    private boolean waits(Tenure tenure, RunView run) {
        try {
            return act(tenure, run, Next.of(run));
        } catch (SqlFailure | Fenced e) {
            throw e;
        } catch (RuntimeException e) {
            // Ours: one broken run must neither loop nor take the other targets with it.
            LOG.errorf(e, "run halted by a defect: target=%s run=%s", target.name(), run.id());
            ledger.halt(tenure, run, new Failure("defect", Failure.Kind.BUG, Optional.empty(),
                    e.getClass().getSimpleName() + ": " + e.getMessage() + "; report this, then resume or abort"));
            return false;
        }
    }

    private boolean act(Tenure tenure, RunView run, Next next) {
        if (run.state() == RunState.CLAIMED
                && !ledger.preflight(tenure, run, preflight.look(tenure, run.plan()))) {
            return false;
        }
        if (next instanceof Next.RunStep step) {
            log(run, "step begins", step.step());
            StepResult result = steps.apply(tenure, run, step.step(), step.state());
            log(run, "step ended: " + result.getClass().getSimpleName(), step.step());
            if (result instanceof StepResult.Succeeded) {
                validate(tenure, run, step.step());
                if (step.step().action() instanceof Action.Conclude) {
                    ledger.keepRecord(tenure, run);
                }
            }
        } else if (next instanceof Next.OpenGate gate) {
            ledger.openGate(tenure, run, gate);
        } else if (next instanceof Next.AwaitGate gate) {
            ledger.awaitGate(tenure, run, gate);
            return true;
        } else if (next instanceof Next.Halt halt) {
            ledger.halt(tenure, run, halt.failure());
        } else if (next instanceof Next.UndoStep undo) {
            log(run, "step is taken back", undo.step());
            steps.undo(tenure, run, undo.step());
        } else if (next instanceof Next.ConcludeTakingBack) {
            ledger.concludeTakingBack(tenure, run);
            ledger.keepRecord(tenure, run);
        } else {
            return true;
        }
        return false;
    }

    /** The plan's own check of a step: it reads under the owner's role, after the step's locks are gone. */
    private void validate(Tenure tenure, RunView run, Step step) {
        if (step.validation().isEmpty()) {
            return;
        }
        Session session = tenure.hand();
        Optional<Failure> failure;
        try {
            List<Row> rows = session.transaction(() -> {
                session.execute("SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = "
                        + VALIDATION_TIMEOUT.toMillis() + ";\n" + tenure.asOwner());
                return session.query(step.validation().get());
            });
            failure = rows.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Failure("validation-failed",
                            Failure.Kind.EXTERNAL, Optional.empty(), "step " + step.id() + " (" + step.title()
                                    + ") is done, but its validation finds " + rows.size()
                                    + " rows: look at them with the plan's validation query; resume goes on without them"));
        } catch (SqlFailure e) {
            if (!session.open()) {
                throw e;
            }
            failure = Optional.of(Failures.of(step, e));
        }
        failure.ifPresent(what -> ledger.halt(tenure, run, what));
    }

    private void log(RunView run, String what, Step step) {
        LOG.infof("%s: target=%s release=%s run=%s step=%s", what, target.name(), run.release(), run.id(), step.id());
    }
}
