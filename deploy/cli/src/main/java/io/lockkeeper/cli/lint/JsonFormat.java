package io.lockkeeper.cli.lint;

import java.io.PrintWriter;

import io.lockkeeper.planner.report.StatementsJson;

final class JsonFormat {

    private JsonFormat() {}

    static void write(LintReport report, PrintWriter out) {
        Json.write(StatementsJson.of(report.statements()), out);
    }
}
