package io.lockkeeper.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.lockkeeper.cli.client.Services.Adopted;
import io.lockkeeper.cli.manifest.MigrationLayout;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;

@Command(name = "adopt", mixinStandardHelpOptions = true, sortOptions = false, description = "Takes over from the team's own tool: what it has applied to the target, by its table, counts as"
        + " applied and is not run again. The target's file says which tool: history: { of: flyway }, golang-migrate,"
        + " rails or diesel, and table: schema.name where it is not the tool's own. From then on its table is kept up to"
        + " date with every release. Again does no harm.", footerHeading = "%nExample:%n", footer = "  lockkeeper adopt db/migrations --target shop", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                "0:done", "2:wrong usage or files",
                "3:refused: the table is not there or not sound, a version has no file, or a file was changed since",
                "6:the executor or the target does not answer"})
final class AdoptCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "All of the team's migration files, as they are deployed.")
    private Path directory;

    @Option(names = "--target", required = true, paramLabel = "NAME", description = "A target that `lockkeeper target list` shows.")
    private String target;

    @Mixin
    private ServiceOptions options;

    @Override
    public Integer call() {
        List<Plan.FileVersion> files = MigrationLayout.read(directory).stream().map(MigrationFile::withoutText)
                .toList();
        Adopted adopted = options.services().adopt(target, files);
        Terminal.standard().line("%s: %d migrations count as applied; %s", target, adopted.applied().size(),
                adopted.pending().isEmpty()
                        ? "nothing is left to release"
                        : "left to release: " + String.join(", ", adopted.pending()));
        return ExitCode.DONE;
    }
}
