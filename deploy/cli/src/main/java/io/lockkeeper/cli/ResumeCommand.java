package io.lockkeeper.cli;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.messages.Control;

@Command(name = "resume", mixinStandardHelpOptions = true, sortOptions = false, description = "Lets a paused or halted run go on; a failed step is probed and tried again.", footerHeading = "%nExample:%n", footer = "  lockkeeper resume --target shop", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
        "0:accepted", "2:wrong usage", "3:refused, with the reason",
        "6:the executor does not answer"})
final class ResumeCommand implements Callable<Integer> {

    @Mixin
    private RunOptions options;

    @Override
    public Integer call() {
        Services services = options.services();
        RunView run = options.run(services);
        return options.send(services, "resume", new Control.Resume(run.target(), run.release(), options.by()));
    }
}
