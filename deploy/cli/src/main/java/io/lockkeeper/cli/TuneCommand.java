package io.lockkeeper.cli;

import java.util.Optional;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.Services;
import io.lockkeeper.messages.Control;

@Command(name = "tune", mixinStandardHelpOptions = true, sortOptions = false, description = "Sets how fast the data steps of a run may go, at once and until it is said again; the throttle may still ask for less.", footerHeading = "%nExamples:%n", footer = {
        "  lockkeeper tune --target shop --workers 1 --rest 3    a quarter of one worker",
        "  lockkeeper tune --target shop                         as configured again"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                "0:accepted", "2:wrong usage", "3:refused, with the reason",
                "6:the executor does not answer"})
final class TuneCommand implements Callable<Integer> {

    @Option(names = "--workers", paramLabel = "COUNT", description = "Sessions that move data at most. Default: as configured.")
    private Integer workers;

    @Option(names = "--rest", paramLabel = "SHARE", description = "Least rest after each batch, as a share of its time. Default: as configured.")
    private Double rest;

    @Mixin
    private RunOptions options;

    @Override
    public Integer call() {
        if (workers != null && workers < 1 || rest != null && !(rest >= 0)) {
            throw new CommandFailure(ExitCode.USAGE,
                    "--workers is 1 or more, --rest 0 or more; `lockkeeper pause` stops");
        }
        Services services = options.services();
        RunView run = options.run(services);
        return options.send(services, "tune", new Control.Tune(run.target(), run.release(), options.by(),
                Optional.ofNullable(workers), Optional.ofNullable(rest)));
    }
}
