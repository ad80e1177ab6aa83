package io.lockkeeper.cli;

import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.lockkeeper.cli.client.Services.AuditReport;
import io.lockkeeper.messages.MessageJson;

@Command(name = "verify-audit", mixinStandardHelpOptions = true, sortOptions = false, description = "Follows the hash chain of a ledger's history and compares the ledger with it: shows what was changed, left out or put in"
        + " by hand.", footerHeading = "%nExamples:%n", footer = {"  lockkeeper verify-audit shop",
                "  lockkeeper verify-audit shop --json"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                        "0:the history holds", "1:it does not: each break is shown", "2:wrong usage",
                        "3:refused: no such target, or it has no ledger", "6:the executor does not answer"})
final class VerifyAuditCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TARGET", description = "Name of the target.")
    private String target;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Mixin
    private ServiceOptions options;

    @Override
    public Integer call() throws Exception {
        AuditReport report = options.services().audit(target);
        if (json) {
            System.out.println(MessageJson.mapper().writeValueAsString(report));
        } else {
            Terminal terminal = Terminal.standard();
            report.breaks().forEach(found -> terminal.line("entry %d: %s", found.sequence(), found.finding()));
            terminal.line("%s: %d entries, %s", target, report.entries(), report.breaks().isEmpty()
                    ? "the history holds; keep its head elsewhere to prove it later: " + report.head()
                    : "the history does not hold at " + report.breaks().size()
                            + " places: ask who has written to the schema lockkeeper");
        }
        return report.breaks().isEmpty() ? ExitCode.DONE : ExitCode.NO_GO;
    }
}
