package io.lockkeeper.cli.lint;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

import io.lockkeeper.cli.lint.LintReport.Found;
import io.lockkeeper.messages.Severity;

/** GitLab's code quality report. */
final class GitlabFormat {

    private GitlabFormat() {}

    static void write(LintReport report, PrintWriter out) {
        Json.write(report.found().stream().map(found -> issue(report, found)).toList(), out);
    }

    private static Map<String, Object> issue(LintReport report, Found found) {
        Map<String, Object> issue = new LinkedHashMap<>();
        issue.put("description", found.finding().message() + ". " + found.finding().advice());
        issue.put("check_name", found.finding().rule());
        issue.put("fingerprint", found.fingerprint());
        issue.put("severity", severity(found.finding().severity()));
        issue.put("location", Map.of("path", found.statement().file(), "lines",
                Map.of("begin", found.statement().line())));
        issue.put("content", Map.of("body", report.docs().address(found.finding().rule())));
        return issue;
    }

    private static String severity(Severity severity) {
        return switch (severity) {
            case P0 -> "blocker";
            case P1 -> "critical";
            case P2 -> "major";
            case P3 -> "info";
        };
    }
}
