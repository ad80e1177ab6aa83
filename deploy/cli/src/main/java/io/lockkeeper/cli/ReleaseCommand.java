package io.lockkeeper.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.cli.manifest.ReleaseDirectory;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached.Milestone;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;

@Command(name = "release", mixinStandardHelpOptions = true, sortOptions = false, description = "Requests a release, as CI would. Sending the same one again has no further effect.", footerHeading = "%nExamples:%n", footer = {
        "  lockkeeper release db/release --wait=expanded    then deploy writers of the new version",
        "  lockkeeper release db/release --wait=migrated    then deploy its readers",
        "  lockkeeper release db/release --wait             until the old shape is gone",
        "  lockkeeper release db/release --wave shop-test --wave shop-de,shop-fr --wave shop-us"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                "0:accepted, or as far as --wait asked", "1:NO_GO, or the run was halted or aborted",
                "2:wrong usage, manifest or files", "3:refused, with the reasons", "5:not there within --timeout",
                "6:a service does not answer"})
final class ReleaseCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "Directory with lockkeeper.yaml and the migration files.")
    private Path directory;

    @Option(names = "--wait", arity = "0..1", fallbackValue = "completed", paramLabel = "MILESTONE", description = "Wait for ${COMPLETION-CANDIDATES}. Default without a value: completed.")
    private Milestone milestone;

    @Option(names = "--timeout", paramLabel = "DURATION", defaultValue = "30m", converter = DurationOption.class, description = "How long to wait: 90s, 30m, 2h. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(names = "--keep-waiting", description = "Also where a verdict is NO_GO because something is broken. Without it that ends the wait.")
    private boolean keepWaiting;

    @Option(names = "--target", paramLabel = "NAME", description = "Instead of the manifest's target.")
    private String target;

    @Option(names = "--wave", paramLabel = "NAME[,NAME...]", description = "These targets instead of one; once for each wave, the first is the canary. The next wave begins when all of this one are as far as --wait says (default: completed); one that fails halts the rest.")
    private List<String> waves = List.of();

    @Option(names = "--release", paramLabel = "NAME", description = "Instead of the manifest's name. Default there: git describe.")
    private String name;

    @Option(names = "--id", paramLabel = "ID", description = "Event id. Default: derived from the content, so that the same content is the same event.")
    private String id;

    @Option(names = "--json", description = "Print one JSON object at the end.")
    private boolean json;

    @Mixin
    private ServiceOptions options;

    @Override
    public Integer call() throws Exception {
        Services services = options.services();
        Terminal terminal = json ? new Terminal(System.err, false) : Terminal.standard();
        if (!waves.isEmpty()) {
            return inWaves(services, terminal);
        }
        ReleaseRequested release = ReleaseDirectory.read(directory, Optional.ofNullable(target),
                Optional.ofNullable(name));
        String event = services.release(release, Optional.ofNullable(id));
        terminal.line("requested: release %s on %s", release.release(), release.target());
        if (milestone == null) {
            say(new Result(event, release.target(), release.release(), Services.runOf(release.target(), event),
                    Optional.empty(), Optional.empty()));
            return ExitCode.DONE;
        }
        var wait = new ReleaseWait(services, terminal, timeout, keepWaiting);
        Plan plan = wait.awaitPlan(release.target(), event);
        terminal.line("planned: %d steps; gates: %s", plan.steps().size(),
                String.join(", ", plan.gates().stream().map(gate -> gate.wireName()).toList()));
        RunView run = wait.awaitMilestone(plan, event, milestone);
        terminal.line("%s: release %s on %s", milestone.name().toLowerCase(Locale.ROOT), run.release(), run.target());
        say(new Result(event, run.target(), run.release(), run.run(), Optional.of(run.state().name()),
                Optional.of(plan.hash())));
        return ExitCode.DONE;
    }

    private int inWaves(Services services, Terminal terminal) throws Exception {
        if (target != null || id != null) {
            throw new CommandFailure(ExitCode.USAGE, "--wave names the targets, and each has an event of its own: leave"
                    + " --target and --id away");
        }
        List<List<String>> targets = waves.stream().map(wave -> List.of(wave.split(","))).toList();
        List<RunView> runs = new ReleaseWaves(services, terminal, timeout, keepWaiting,
                milestone == null ? Milestone.COMPLETED : milestone)
                .run(targets, each -> ReleaseDirectory.read(directory, Optional.of(each), Optional.ofNullable(name)));
        if (json) {
            System.out.println(MessageJson.mapper().writeValueAsString(runs));
        }
        return ExitCode.DONE;
    }

    private record Result(String id, String target, String release, String run, Optional<String> state,
            Optional<String> planHash) {}

    private void say(Result result) throws Exception {
        if (json) {
            System.out.println(MessageJson.mapper().writeValueAsString(result));
        }
    }
}
