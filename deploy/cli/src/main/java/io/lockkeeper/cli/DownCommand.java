package io.lockkeeper.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.stack.Stack;

@Command(name = "down", mixinStandardHelpOptions = true, sortOptions = false, description = "Stops what `lockkeeper up` started. Data, targets and secrets stay.", footerHeading = "%nExample:%n", footer = "  lockkeeper down", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
        "0:nothing of it runs any more", "2:wrong usage"})
final class DownCommand implements Callable<Integer> {

    @Option(names = "--home", paramLabel = "DIR", description = "Default: $LOCKKEEPER_HOME, else ~/.lockkeeper")
    private Path home;

    @Option(names = "--data", paramLabel = "DIR", description = "As given to `up`.")
    private Path data;

    @Override
    public Integer call() {
        HomeDirectory directory = HomeDirectory.of(Optional.ofNullable(home));
        List<String> stopped = Stack.stopDetached(directory,
                Optional.ofNullable(data).map(Path::toAbsolutePath).orElseGet(() -> Stack.defaultData(directory)));
        Terminal.standard().line(stopped.isEmpty() ? "nothing was running" : "stopped: " + String.join(", ", stopped));
        return ExitCode.DONE;
    }
}
