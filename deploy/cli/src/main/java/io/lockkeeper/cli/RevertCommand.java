package io.lockkeeper.cli;

import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.messages.Control;

@Command(name = "revert", mixinStandardHelpOptions = true, sortOptions = false, description = "Takes a release back that has completed, step by step, and its rows in the migration history;"
        + " refused after the first drop, where rows would be lost, and where a later release builds on it.", footerHeading = "%nExample:%n", footer = "  lockkeeper revert --target shop --release 2026.11 --reason \"reports are wrong\"", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                "0:accepted; `lockkeeper status` shows how far it is", "2:wrong usage", "3:refused, with the reason",
                "6:the executor does not answer"})
final class RevertCommand implements Callable<Integer> {

    @Option(names = "--reason", paramLabel = "TEXT", description = "Recorded with it.")
    private String reason;

    @Option(names = "--accept-loss", description = "Go as far as the steps can be taken back, although rows written since are lost or"
            + " something of the release stays.")
    private boolean acceptLoss;

    @Mixin
    private RunOptions options;

    @Override
    public Integer call() {
        Services services = options.services();
        RunView run = options.named(services);
        return options.send(services, "revert", new Control.Revert(run.target(), run.release(), options.by(),
                Optional.ofNullable(reason), acceptLoss));
    }
}
