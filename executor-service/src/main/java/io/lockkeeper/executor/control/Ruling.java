package io.lockkeeper.executor.control;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;

/** What a control does to a run. {@code message} is for the person who sent it. */
public sealed interface Ruling {

    String message();

    /** @param reason kept with the run */
    record Hold(String reason, String message) implements Ruling {}

    /** Back to {@code state}; failed steps become pending, gates that had passed but were vetoed are judged anew. */
    record Continue(RunState state, String message) implements Ruling {}

    /** @param state of the run while its steps are taken back */
    record TakeBack(RunState state, String reason, String message) implements Ruling {}

    record Record(Control.Approve approval, String message) implements Ruling {}

    /** Data steps mind it from their next batch on. */
    record Retune(Control.Tune tuning, String message) implements Ruling {}

    /** Nothing to do: it is so already. */
    record Already(String message) implements Ruling {}

    record Refuse(String message) implements Ruling {}

    /** @param since asked for only where a run that has completed is to be reverted */
    static Ruling of(Control control, RunView run, Aftermath since) {
        if (run.state().terminal()) {
            return control instanceof Control.Revert revert ? revert(revert, run, since) : ended(run);
        }
        if (control instanceof Control.Pause pause) {
            return pause(pause, run);
        }
        if (control instanceof Control.Resume resume) {
            return resume(resume, run);
        }
        if (control instanceof Control.Abort abort) {
            return abort(abort.by(), abort.reason(), run);
        }
        if (control instanceof Control.Revert revert) {
            return abort(revert.by(), revert.reason(), run);
        }
        if (control instanceof Control.Tune tune) {
            return new Retune(tune, "data steps go on with " + tune.workers().map(count -> count + " workers at most")
                    .orElse("as many workers as configured") + " and "
                    + tune.rest().map(share -> "rest at least " + share + " times as long as a batch takes")
                            .orElse("as little rest as configured"));
        }
        return approve((Control.Approve) control, run);
    }

    private static Ruling pause(Control.Pause pause, RunView run) {
        return switch (run.state()) {
            case PAUSED -> new Already("it is paused already");
            case HALTED ->
                new Refuse("it is halted: " + run.reason().orElse("no reason given") + "; resume or abort it");
            case LIFTING, ABORTING, REVERTING -> new Refuse("it is being taken back: that is not paused half way");
            default -> new Hold("paused" + by(pause.by(), pause.reason()),
                    "it stops before the next step, or after the batch that runs");
        };
    }

    private static Ruling resume(Control.Resume resume, RunView run) {
        if (run.state() != RunState.PAUSED && run.state() != RunState.HALTED) {
            return new Already("it is not held: " + run.state());
        }
        RunState back = run.heldState().orElse(RunState.CLAIMED);
        return new Continue(back, "resumed by " + resume.by());
    }

    private static Ruling ended(RunView run) {
        return new Refuse("run " + run.id() + " of " + run.release() + " has ended: " + run.state()
                + (run.state() == RunState.COMPLETED ? "; revert takes it back, where that loses nothing" : ""));
    }

    private static Ruling abort(String by, Optional<String> reason, RunView run) {
        if (run.state().takingBack()) {
            return new Already("it is being taken back already");
        }
        Optional<RunState> held = run.heldState().filter(RunState::takingBack);
        if (held.isPresent()) {
            return new Continue(held.get(), "taking back goes on");
        }
        return pastReturn(run).orElseGet(() -> new TakeBack(RunState.ABORTING, "aborted" + by(by, reason),
                "steps are taken back in reverse order"));
    }

    private static Ruling revert(Control.Revert revert, RunView run, Aftermath since) {
        if (run.state() == RunState.REVERTED) {
            return new Already("it has been reverted already");
        }
        if (run.state() != RunState.COMPLETED) {
            return ended(run);
        }
        Optional<Ruling> past = pastReturn(run);
        if (past.isPresent()) {
            return past.get();
        }
        if (since.later().isPresent()) {
            return new Refuse(
                    since.later().get() + ": revert that first, or make a new release that goes the other way");
        }
        List<String> lost = Stream.concat(run.plan().steps().stream().flatMap(step -> step.lossOfUndo().stream()),
                since.lost().stream()).toList();
        if (!lost.isEmpty() && !revert.acceptLoss()) {
            return new Refuse("not all would be as before: " + String.join("; ", lost)
                    + ". Revert it with --accept-loss, or make a new release that goes the other way");
        }
        return new TakeBack(RunState.REVERTING, "reverted" + by(revert.by(), revert.reason()),
                "steps are taken back in reverse order"
                        + (lost.isEmpty() ? "" : "; accepted: " + String.join("; ", lost)));
    }

    private static String by(String person, Optional<String> reason) {
        return " by " + person + reason.map(why -> ": " + why).orElse("");
    }

    private static Optional<Ruling> pastReturn(RunView run) {
        return run.plan().steps().stream().filter(Step::pointOfNoReturn)
                .filter(step -> mayHaveRun(run.step(step.id()).state())).findFirst()
                .<Ruling>map(past -> new Refuse("step " + past.id() + " (" + past.title()
                        + ") is the point of no return and has been begun: nothing can be taken back without losing data;"
                        + " make a new release that goes the other way"
                        + (run.state().terminal() ? "" : ", once this one has been resumed and is done")));
    }

    /** RUNNING may have committed a moment ago: only what surely has not run counts as before the point of no return. */
    private static boolean mayHaveRun(StepState state) {
        return switch (state) {
            case RUNNING, SUCCEEDED, SKIPPED -> true;
            case PENDING, WAITING_FOR_LOCK, THROTTLED, FAILED, REVERTED -> false;
        };
    }

    private static Ruling approve(Control.Approve approve, RunView run) {
        if (!approve.planHash().equals(run.plan().hash())) {
            return new Refuse("the approval is for plan " + approve.planHash() + ", the run's is " + run.plan().hash()
                    + ": look at the run's plan and approve that");
        }
        if (!run.plan().gates().contains(approve.gate())) {
            return new Refuse("the plan has no gate " + approve.gate().wireName());
        }
        return new Record(approve, "approval of gate " + approve.gate().wireName() + " by " + approve.by() + " kept");
    }
}
