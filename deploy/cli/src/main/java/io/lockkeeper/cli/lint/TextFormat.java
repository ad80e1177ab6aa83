package io.lockkeeper.cli.lint;

import java.io.PrintWriter;
import java.util.Locale;

import io.lockkeeper.planner.analysis.Finding;
import io.lockkeeper.planner.report.Reviewed;

final class TextFormat {

    private TextFormat() {}

    static void write(LintReport report, PrintWriter out) {
        for (Reviewed statement : report.statements()) {
            if (!statement.findings().isEmpty()) {
                statement(report, statement, out);
            }
        }
        out.println(report.summary());
    }

    private static void statement(LintReport report, Reviewed statement, PrintWriter out) {
        out.println(statement.file() + ":" + statement.line() + ": " + statement.text());
        for (Finding finding : statement.findings()) {
            out.println("  " + finding.severity() + " " + finding.rule() + ": " + finding.message());
            if (!finding.advice().isEmpty()) {
                out.println("     " + finding.advice());
            }
            out.println("     " + report.docs().address(finding.rule()));
        }
        String does = Words.asWritten(statement);
        if (!does.isEmpty()) {
            out.println("  as written: " + does);
        }
        out.println("  " + Words.verdict(statement));
        if (statement.verdict() != io.lockkeeper.planner.report.Verdict.SAFE) {
            statement.steps().forEach(step -> out.println("    " + step.stage().phase().name().toLowerCase(Locale.ROOT)
                    + ": " + step.title() + step.stage().gate().map(gate -> " (gate " + gate.wireName() + ")")
                            .orElse("")));
        }
        out.println();
    }
}
