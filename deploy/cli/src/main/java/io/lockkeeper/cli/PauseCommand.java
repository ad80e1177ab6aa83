package io.lockkeeper.cli;

import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.messages.Control;

@Command(name = "pause", mixinStandardHelpOptions = true, sortOptions = false, description = "Stops a run before its next step, or after the batch that runs.", footerHeading = "%nExample:%n", footer = "  lockkeeper pause --target shop --reason \"sale starts\"", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
        "0:accepted", "2:wrong usage", "3:refused, with the reason",
        "6:the executor does not answer"})
final class PauseCommand implements Callable<Integer> {

    @Option(names = "--reason", paramLabel = "TEXT", description = "Recorded with it.")
    private String reason;

    @Mixin
    private RunOptions options;

    @Override
    public Integer call() {
        Services services = options.services();
        RunView run = options.run(services);
        return options.send(services, "pause", new Control.Pause(run.target(), run.release(), options.by(),
                Optional.ofNullable(reason)));
    }
}
