package io.lockkeeper.cli;

import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.messages.Control;

@Command(name = "abort", mixinStandardHelpOptions = true, sortOptions = false, description = "Takes back what nobody uses yet and ends a run; refused after the first drop.", footerHeading = "%nExample:%n", footer = "  lockkeeper abort --target shop --reason \"wrong column\"", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
        "0:accepted", "2:wrong usage", "3:refused, with the reason",
        "6:the executor does not answer"})
final class AbortCommand implements Callable<Integer> {

    @Option(names = "--reason", paramLabel = "TEXT", description = "Recorded with it.")
    private String reason;

    @Mixin
    private RunOptions options;

    @Override
    public Integer call() {
        Services services = options.services();
        RunView run = options.run(services);
        return options.send(services, "abort", new Control.Abort(run.target(), run.release(), options.by(),
                Optional.ofNullable(reason)));
    }
}
