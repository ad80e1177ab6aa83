package io.lockkeeper.cli;

import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Gate;

@Command(name = "approve", mixinStandardHelpOptions = true, sortOptions = false, description = "Records that a person agrees to a gate of this very plan.", footerHeading = "%nExample:%n", footer = "  lockkeeper approve --target shop --gate finalize --note \"support is informed\"", exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
        "0:accepted", "2:wrong usage", "3:refused, with the reason",
        "6:the executor does not answer"})
final class ApproveCommand implements Callable<Integer> {

    @Option(names = "--gate", paramLabel = "GATE", description = "Default: the gate that is open.")
    private String gate;

    @Option(names = "--evidence", paramLabel = "HASH", description = "Evidence that was seen; without it the gate is approved whatever follows.")
    private String evidence;

    @Option(names = "--note", paramLabel = "TEXT", description = "Recorded with it.")
    private String note;

    @Mixin
    private RunOptions options;

    @Override
    public Integer call() {
        Services services = options.services();
        RunView run = options.run(services);
        return options.send(services, "approve", new Control.Approve(run.target(), run.release(), gate(run),
                run.planHash(), Optional.ofNullable(evidence), options.by(), Optional.ofNullable(note)));
    }

    private Gate gate(RunView run) {
        try {
            return gate == null
                    ? run.openGate().map(RunView.GateView::gate).orElseThrow(() -> new CommandFailure(ExitCode.REFUSED,
                            "no gate of release " + run.release() + " is open: state --gate to approve one ahead"))
                    : Gate.of(gate);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, e.getMessage() + "; gates are armed, old-version-gone, swap,"
                    + " contract, finalize, watched", e);
        }
    }
}
