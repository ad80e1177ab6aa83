package io.lockkeeper.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached.Milestone;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;

/**
 * One release on many targets, wave after wave: the first is the canary. A wave begins only once every target of the one
 * before is as far as asked, so what is wrong halts at the canary. Nothing is kept here: the same command, sent again, finds
 * in the ledgers what is done and goes on behind it.
 */
final class ReleaseWaves {

    private final Services services;
    private final Terminal terminal;
    private final Duration timeout;
    private final boolean keepWaiting;
    private final Milestone milestone;

    /** @param timeout of each wave */
    ReleaseWaves(Services services, Terminal terminal, Duration timeout, boolean keepWaiting, Milestone milestone) {
        this.services = services;
        this.terminal = terminal;
        this.timeout = timeout;
        this.keepWaiting = keepWaiting;
        this.milestone = milestone;
    }

    /**
     * @param waves names of targets
     * @return the runs, each as far as asked
     * @throws CommandFailure as the first target of a wave fails; the waves behind it are not begun
     */
    List<RunView> run(List<List<String>> waves, Function<String, ReleaseRequested> release) {
        List<RunView> done = new ArrayList<>();
        for (int number = 0; number < waves.size(); number++) {
            terminal.line("wave %d of %d: %s", number + 1, waves.size(), String.join(", ", waves.get(number)));
            Map<String, CommandFailure> failures = wave(waves.get(number), release, done);
            if (!failures.isEmpty()) {
                throw halted(number, waves, failures);
            }
        }
        return done;
    }

    /** All are requested before one is waited for; one that fails does not keep the others from being waited for. */
    private Map<String, CommandFailure> wave(List<String> targets, Function<String, ReleaseRequested> release,
            List<RunView> done) {
        Map<String, CommandFailure> failures = new LinkedHashMap<>();
        Map<String, String> events = new LinkedHashMap<>();
        for (String target : targets) {
            try {
                events.put(target, services.release(release.apply(target), Optional.empty()));
            } catch (CommandFailure e) {
                failures.put(target, e);
            }
        }
        var wait = new ReleaseWait(services, terminal, timeout, keepWaiting);
        events.forEach((target, event) -> {
            try {
                Plan plan = wait.awaitPlan(target, event);
                RunView run = wait.awaitMilestone(plan, event, milestone);
                terminal.line("%s: release %s on %s", milestone.name().toLowerCase(Locale.ROOT), run.release(), target);
                done.add(run);
            } catch (CommandFailure e) {
                terminal.line("%s: %s", target, e.getMessage());
                failures.put(target, e);
            }
        });
        return failures;
    }

    private static CommandFailure halted(int number, List<List<String>> waves, Map<String, CommandFailure> failures) {
        String behind = waves.subList(number + 1, waves.size()).stream().flatMap(List::stream)
                .collect(Collectors.joining(", "));
        CommandFailure first = failures.values().iterator().next();
        return new CommandFailure(first.exitCode(), "wave " + (number + 1) + " of " + waves.size() + " halts at "
                + failures.entrySet().stream().map(each -> each.getKey() + ": " + each.getValue().getMessage())
                        .collect(Collectors.joining("\n  "))
                + (behind.isEmpty() ? "" : "\n  Not begun: " + behind)
                + "\n  Mend it; the same command then goes on from there");
    }
}
