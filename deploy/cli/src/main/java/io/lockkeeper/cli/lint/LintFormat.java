package io.lockkeeper.cli.lint;

import java.io.PrintWriter;
import java.util.function.BiConsumer;

/** For whom a report is written. */
public enum LintFormat {
    /** People at a terminal. */
    TEXT(TextFormat::write),
    /** Programs: the contract is {@code statements.schema.json}. */
    JSON(JsonFormat::write),
    /** Code scanning: SARIF 2.1.0. */
    SARIF(SarifFormat::write),
    /** Test reports: a suite per file, a case per statement. */
    JUNIT(JunitFormat::write),
    /** GitLab's code quality report. */
    GITLAB(GitlabFormat::write),
    /** A comment on a pull request. */
    MARKDOWN(MarkdownFormat::write);

    private final BiConsumer<LintReport, PrintWriter> writer;

    LintFormat(BiConsumer<LintReport, PrintWriter> writer) {
        this.writer = writer;
    }

    public void write(LintReport report, PrintWriter out) {
        writer.accept(report, out);
        out.flush();
    }
}
