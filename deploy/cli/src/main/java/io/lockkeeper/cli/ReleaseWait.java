package io.lockkeeper.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

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

    /** A service that restarts does not end a release. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Services services;
    private final Terminal terminal;
    private final long deadline;
    private final Duration timeout;
    private final boolean keepWaiting;
    private long answered = System.nanoTime();
    private Optional<String> away = Optional.empty();
    private Optional<Decision> said = Optional.empty();
    private String where = "";

    ReleaseWait(Services services, Terminal terminal, Duration timeout, boolean keepWaiting) {
        this.services = services;
        this.terminal = terminal;
        this.timeout = timeout;
        this.keepWaiting = keepWaiting;
        this.deadline = System.nanoTime() + timeout.toNanos();
    }

    /** @throws CommandFailure refused with the planner's reasons, or timed out */
    Plan awaitPlan(String target, String releaseEvent) {
        where = "the planner has not planned it for " + target;
        return await(() -> planned(releaseEvent));
    }

    /** @return the run, which has reached the milestone */
    RunView awaitMilestone(Plan plan, String releaseEvent, Milestone milestone) {
        String id = Services.runOf(plan.target(), releaseEvent);
        return await(() -> arrived(plan, id, milestone));
    }

    private Optional<Plan> planned(String releaseEvent) {
        Services.Planning planning = services.planning(releaseEvent);
        if (planning instanceof Refused refused) {
            throw Services.refused(refused.refusals());
        }
        return planning instanceof Planned planned ? Optional.of(planned.plan()) : Optional.empty();
    }

    private Optional<RunView> arrived(Plan plan, String id, Milestone milestone) {
        Optional<RunView> run = services.run(id);
        if (run.isEmpty()) {
            where = "the executor has not claimed it";
            refuseWhereAnotherRuns(plan, id);
            return run;
        }
        RunView view = run.get();
        where = "it is " + RunText.headline(view);
        terminal.block(List.of(RunText.headline(view)), List.of(RunText.headline(view)));
        if (reached(view, milestone)) {
            terminal.endBlock();
            return run;
        }
        failWhereItEnded(view);
        Optional<VerdictView> verdict = view.openGate().flatMap(gate -> services.lastVerdict(id)
                .filter(last -> last.gate() == gate.gate() && last.gateAttempt() == gate.attempt()));
        Optional<Decision> decision = verdict.map(VerdictView::decision);
        if (verdict.isPresent() && !decision.equals(said)) {
            terminal.line(RunText.verdict(verdict.get()));
        }
        said = decision;
        if (!keepWaiting && verdict.filter(VerdictView::broken).isPresent()) {
            throw new CommandFailure(ExitCode.NO_GO, RunText.verdict(verdict.get())
                    + "\n  The run stays where it is: repair it, or `lockkeeper abort`");
        }
        return Optional.empty();
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

    private <T> T await(Supplier<Optional<T>> look) {
        while (true) {
            Optional<T> there = patiently(look);
            if (there.isPresent()) {
                return there.get();
            }
            pauseOrTimeOut();
        }
    }

    private <T> Optional<T> patiently(Supplier<Optional<T>> look) {
        try {
            Optional<T> seen = look.get();
            answered = System.nanoTime();
            away = Optional.empty();
            return seen;
        } catch (CommandFailure e) {
            if (e.exitCode() != ExitCode.UNREACHABLE || System.nanoTime() - answered >= PATIENCE.toNanos()) {
                throw e;
            }
            Optional<String> why = Optional.of(e.getMessage());
            if (!why.equals(away)) {
                terminal.line(e.getMessage() + "; asking again for " + HumanDuration.format(PATIENCE));
            }
            away = why;
            return Optional.empty();
        }
    }

    private void pauseOrTimeOut() {
        if (System.nanoTime() - deadline >= 0) {
            boolean noGo = said.filter(Decision.NO_GO::equals).isPresent();
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
