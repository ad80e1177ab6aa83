package io.lockkeeper.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.lockkeeper.cli.client.Services;
import io.lockkeeper.cli.client.Services.Planned;
import io.lockkeeper.cli.client.Services.Refused;
import io.lockkeeper.cli.manifest.ReleaseDirectory;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Plan;

@Command(name = "plan", mixinStandardHelpOptions = true, sortOptions = false, description = "Shows the steps, locks and gates that a release would get. Nothing is published or changed.", footerHeading = "%nExamples:%n", footer = {
        "  lockkeeper plan db/release",
        "  lockkeeper plan db/release --json | jq '.steps[].title'"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                "0:the release can be made safe", "2:wrong usage, manifest or files",
                "3:the planner refuses it, and says why", "6:the planner does not answer"})
final class PlanCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "Directory with lockkeeper.yaml and the migration files.")
    private Path directory;

    @Option(names = "--target", paramLabel = "NAME", description = "Instead of the manifest's target.")
    private String target;

    @Option(names = "--json", description = "Print the plan as JSON.")
    private boolean json;

    @Mixin
    private ServiceOptions options;

    @Override
    public Integer call() throws Exception {
        var release = ReleaseDirectory.read(directory, Optional.ofNullable(target), Optional.empty());
        Services.Planning planning = options.services().plan(release);
        if (planning instanceof Refused refused) {
            throw Services.refused(refused.refusals());
        }
        Plan plan = ((Planned) planning).plan();
        if (json) {
            System.out.println(MessageJson.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(plan));
        } else {
            new PlanText(Terminal.standard()).print(plan);
        }
        return ExitCode.DONE;
    }
}
