package io.lockkeeper.cli;

import java.util.List;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.lockkeeper.cli.client.Services.Finding;
import io.lockkeeper.messages.MessageJson;

@Command(name = "doctor", mixinStandardHelpOptions = true, sortOptions = false, description = "Looks at a target's settings and grants: what is missing, and what that costs in evidence.", footerHeading = "%nExamples:%n", footer = {
        "  lockkeeper doctor shop",
        "  lockkeeper doctor shop --json"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
                "0:nothing that matters is missing", "1:findings: something fails, or costs evidence",
                "2:wrong usage", "3:refused: no such target", "6:the executor does not answer"})
final class DoctorCommand implements Callable<Integer> {

    @Parameters(paramLabel = "TARGET", description = "Name of the target.")
    private String target;

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    @Mixin
    private ServiceOptions options;

    @Override
    public Integer call() throws Exception {
        List<Finding> findings = options.services().doctor(target);
        if (json) {
            System.out.println(MessageJson.mapper().writeValueAsString(findings));
        } else {
            Terminal terminal = Terminal.standard();
            for (Finding finding : findings) {
                terminal.line("%-8s %-32s %s", finding.status(), finding.check(), finding.message());
                finding.costs().filter(costs -> !costs.isBlank() && !"ok".equals(finding.status()))
                        .ifPresent(costs -> terminal.line("%-8s %-32s costs: %s", "", "", costs));
            }
        }
        return findings.stream().allMatch(finding -> "ok".equals(finding.status())) ? ExitCode.DONE : ExitCode.NO_GO;
    }
}
