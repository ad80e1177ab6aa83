package io.lockkeeper.cli;

import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.lockkeeper.cli.client.Services.RecordedRoutine;
import io.lockkeeper.messages.MessageJson;

@Command(name = "routines", mixinStandardHelpOptions = true, sortOptions = false, description = "Lists the functions and procedures that releases have made or replaced, and what has become of them"
        + " since: another definition, owner or grants.", footerHeading = "%nExamples:%n", footer = {
                "  lockkeeper routines shop", "  lockkeeper routines shop --drift",
                "  lockkeeper routines shop --json"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:all are as releases left them, or --drift was not asked for", "1:--drift: some are not",
                        "2:wrong usage", "3:refused: no such target, or it has no ledger",
                        "6:the executor does not answer"})
final class RoutinesCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TARGET", description = "Name of the target.")
    private String target;

    @Option(names = "--drift", description = "Only those that are not as a release left them.")
    private boolean drift;

    @Option(names = "--json", description = "Print the list as JSON.")
    private boolean json;

    @Mixin
    private ServiceOptions options;

    @Override
    public Integer call() throws Exception {
        List<RecordedRoutine> routines = options.services().routines(target).stream()
                .filter(routine -> !drift || routine.drift().isPresent()).toList();
        if (json) {
            System.out.println(MessageJson.mapper().writeValueAsString(routines));
        } else {
            Terminal terminal = Terminal.standard();
            routines.forEach(
                    routine -> terminal.line("%s  %s  %s%s%s", routine.identity(),
                            routine.hash().map(hash -> hash.substring(0, 12)).orElse("taken away"),
                            routine.release(), routine.file().map(file -> " " + file).orElse(""),
                            routine.drift().map(what -> "  DRIFT: " + what).orElse("")));
            terminal.line("%s: %d routines%s", target, routines.size(), drift
                    ? " are not as a release left them" + (routines.isEmpty()
                            ? ""
                            : ": ask who has changed them, and release what is to stay")
                    : "");
        }
        return drift && !routines.isEmpty() ? ExitCode.NO_GO : ExitCode.DONE;
    }
}
