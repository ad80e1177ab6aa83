package io.lockkeeper.cli.lint;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.stream.Collectors;

import io.lockkeeper.planner.analysis.Finding;
import io.lockkeeper.planner.report.Reviewed;

/** A comment on a pull request: one table, and the steps folded away. */
final class MarkdownFormat {

    private MarkdownFormat() {}

    static void write(LintReport report, PrintWriter out) {
        out.println("### Lockkeeper: " + report.summary());
        for (Reviewed statement : report.statements()) {
            if (!statement.findings().isEmpty()) {
                statement(report, statement, out);
            }
        }
    }

    private static void statement(LintReport report, Reviewed statement, PrintWriter out) {
        out.println();
        out.println(
                "#### `" + statement.file() + "`, line " + statement.line() + " · " + statement.verdict().wireName());
        out.println();
        out.println(Markdown.code(statement.text()));
        out.println();
        for (Finding finding : statement.findings()) {
            out.println("* **" + finding.severity() + "** [" + finding.rule() + "]("
                    + report.docs().address(finding.rule()) + "): " + Markdown.text(finding.message()) + ". "
                    + Markdown.text(finding.advice()));
        }
        String does = Words.asWritten(statement);
        if (!does.isEmpty()) {
            out.println("* as written it " + Markdown.text(does));
        }
        if (!statement.steps().isEmpty() && statement.verdict() != io.lockkeeper.planner.report.Verdict.SAFE) {
            out.println();
            out.println("<details><summary>" + Words.verdict(statement) + "</summary>\n");
            out.println(statement.steps().stream()
                    .map(step -> "1. " + step.stage().phase().name().toLowerCase(Locale.ROOT) + ": "
                            + Markdown.text(step.title()))
                    .collect(Collectors.joining("\n")));
            out.println("\n</details>");
        }
    }
}
