package io.lockkeeper.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.cli.client.Services.Planned;
import io.lockkeeper.cli.client.Services.Refused;
import io.lockkeeper.cli.client.VerdictView;
import io.lockkeeper.cli.manifest.HumanDuration;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached.Milestone;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Verdict.Decision;

/** Follows one release until it has come as far as the caller waits for, or cannot any more. */
final class ReleaseWait {

    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final Services services;
    private final Terminal terminal;
    private final long deadline;
    private final Duration timeout;
    private final boolean keepWaiting;

    ReleaseWait(Services services, Terminal terminal, Duration timeout, boolean keepWaiting) {
        this.services = services;
        this.terminal = terminal;
        this.timeout = timeout;
        this.keepWaiting = keepWaiting;
        this.deadline = System.nanoTime() + timeout.toNanos();
    }

    /** @throws CommandFailure refused with the planner's reasons, or timed out */
    Plan awaitPlan(String target, String releaseEvent) {
        while (true) {
            Services.Planning planning = services.planning(releaseEvent);
            if (planning instanceof Planned planned) {
                return planned.plan();
            }
            if (planning instanceof Refused refused) {
                throw Services.refused(refused.refusals());
            }
            pauseOrTimeOut("the planner has not planned it for " + target);
        }
    }

    /** @return the run, which has reached the milestone */
    RunView awaitMilestone(Plan plan, String releaseEvent, Milestone milestone) {
        String id = Services.runOf(plan.target(), releaseEvent);
        Optional<Decision> said = Optional.empty();
        while (true) {
            Optional<RunView> run = services.run(plan.target(), id);
            run.ifPresent(view -> terminal.block(List.of(RunText.headline(view)), List.of(RunText.headline(view))));
            if (run.isPresent()) {
                RunView view = run.get();
                if (reached(view, milestone)) {
                    terminal.endBlock();
                    return view;
                }
                failWhereItEnded(view);
                Optional<VerdictView> verdict = view.openGate().flatMap(gate -> services.lastVerdict(id)
                        .filter(last -> last.gate() == gate.gate() && last.gateAttempt() == gate.attempt()));
                if (verdict.isPresent() && !verdict.map(VerdictView::decision).equals(said)) {
                    said = verdict.map(VerdictView::decision);
                    terminal.line(RunText.verdict(verdict.get()));
                }
                if (!keepWaiting && verdict.filter(VerdictView::broken).isPresent()) {
                    throw new CommandFailure(ExitCode.NO_GO, RunText.verdict(verdict.get())
                            + "\n  The run stays where it is: repair it, or `lockkeeper abort`");
                }
                pauseOrTimeOut("it is " + RunText.headline(view), verdict.map(VerdictView::decision));
            } else {
                refuseWhereAnotherRuns(plan, id);
                pauseOrTimeOut("the executor has not claimed it");
            }
        }
    }

    private void refuseWhereAnotherRuns(Plan plan, String id) {
        services.runs(Optional.of(plan.target()), Optional.empty()).stream()
                .filter(other -> !other.state().terminal() && !other.run().equals(id)).findFirst().ifPresent(other -> {
                    throw new CommandFailure(ExitCode.REFUSED,
                            "target " + plan.target() + " has an open run of release "
                                    + other.release() + " (" + other.state()
                                    + "): wait for it, or `lockkeeper abort`, and"
                                    + " release again");
                });
    }

    static boolean reached(RunView run, Milestone milestone) {
        return run.state() == RunState.COMPLETED
                || run.milestones().contains(milestone.name().toLowerCase(Locale.ROOT));
    }

    private static void failWhereItEnded(RunView run) {
        if (run.state() == RunState.HALTED || run.state() == RunState.ABORTED || run.state() == RunState.REVERTED) {
            throw new CommandFailure(ExitCode.NO_GO, "release " + run.release() + " on " + run.target() + " is "
                    + run.state() + run.reason().map(reason -> ": " + reason).orElse("")
                    + (run.state() == RunState.HALTED
                            ? "\n  `lockkeeper status` shows the step; then `lockkeeper resume` or `lockkeeper abort`"
                            : ""));
        }
    }

    private void pauseOrTimeOut(String where) {
        pauseOrTimeOut(where, Optional.empty());
    }

    private void pauseOrTimeOut(String where, Optional<Decision> verdict) {
        if (System.nanoTime() - deadline >= 0) {
            boolean noGo = verdict.filter(Decision.NO_GO::equals).isPresent();
            throw new CommandFailure(noGo ? ExitCode.NO_GO : ExitCode.TIMED_OUT, "not there after "
                    + HumanDuration.format(timeout) + ": " + where
                    + ". The release goes on; `lockkeeper status` shows it");
        }
        try {
            TimeUnit.MILLISECONDS.sleep(INTERVAL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.TIMED_OUT, "interrupted; the release goes on", e);
        }
    }
}
