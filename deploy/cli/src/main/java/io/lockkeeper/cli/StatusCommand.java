package io.lockkeeper.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.RunState;

@Command(name = "status", mixinStandardHelpOptions = true, sortOptions = false, description = "Shows runs: open ones with their steps and the last verdict.", footerHeading = "%nExamples:%n", footer = {
        "  lockkeeper status",
        "  lockkeeper status --target shop --all --json",
        "  lockkeeper status --release shop-2 --record > shop-2.md"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                "0:nothing needs a person", "1:a run is halted", "2:wrong usage",
                "6:a service does not answer"})
final class StatusCommand implements Callable<Integer> {

    @Option(names = "--target", paramLabel = "NAME", description = "Only this target.")
    private String target;

    @Option(names = "--release", paramLabel = "NAME", description = "Only this release.")
    private String release;

    @Option(names = "--all", description = "Also runs that have ended.")
    private boolean all;

    @Option(names = "--json", description = "Print the runs as JSON.")
    private boolean json;

    @Option(names = "--record", description = "Print what each run did as Markdown, for whoever keeps records.")
    private boolean record;

    @Mixin
    private ServiceOptions options;

    @Override
    public Integer call() throws Exception {
        Services services = options.services();
        List<RunView> runs = services.runs(Optional.ofNullable(target), Optional.ofNullable(release)).stream()
                .filter(run -> all || release != null || !run.state().terminal()).toList();
        if (json) {
            System.out.println(MessageJson.mapper().writeValueAsString(runs));
        } else if (record) {
            runs.forEach(run -> System.out.println(services.record(run.target(), run.run())));
        } else {
            print(services, runs);
        }
        return runs.stream().anyMatch(run -> run.state() == RunState.HALTED) ? ExitCode.NO_GO : ExitCode.DONE;
    }

    private void print(Services services, List<RunView> runs) {
        Terminal terminal = Terminal.standard();
        if (runs.isEmpty()) {
            terminal.line(all ? "no runs" : "no open runs (--all shows those that have ended)");
            return;
        }
        for (RunView run : runs) {
            terminal.line("%s  release %s  run %s", run.target(), run.release(), run.run());
            terminal.line("  %s", RunText.headline(run));
            RunText.steps(run).forEach(text -> terminal.line("%s", text));
            lastVerdict(services, run).ifPresent(text -> terminal.line("  verdict: %s", text));
        }
        terminal.line("page: %s", services.page());
    }

    /** The steps are worth showing where the observer is away, too. */
    private static Optional<String> lastVerdict(Services services, RunView run) {
        try {
            return services.lastVerdict(run.run()).map(RunText::verdict);
        } catch (CommandFailure observerIsAway) {
            return Optional.of(observerIsAway.getMessage());
        }
    }
}
