package io.lockkeeper.cli.lint;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.lockkeeper.cli.lint.LintReport.Found;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.planner.analysis.Finding;

/** SARIF 2.1.0. The page of each rule travels with the report. */
final class SarifFormat {

    private SarifFormat() {}

    static void write(LintReport report, PrintWriter out) {
        List<String> ids = List.copyOf(report.rules().keySet());
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("tool", Map.of("driver", driver(report)));
        run.put("columnKind", "utf16CodeUnits");
        run.put("results", report.found().stream().map(one -> result(one, ids.indexOf(one.finding().rule()))).toList());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
        document.put("version", "2.1.0");
        document.put("runs", List.of(run));
        Json.write(document, out);
    }

    private static Map<String, Object> driver(LintReport report) {
        List<Map<String, Object>> rules = new ArrayList<>();
        report.rules().forEach((id, worst) -> {
            Map<String, Object> rule = new LinkedHashMap<>();
            rule.put("id", id);
            rule.put("shortDescription", Map.of("text", id.replace('-', ' ')));
            rule.put("helpUri", report.docs().address(id));
            RuleDocs.of(id).ifPresent(page -> rule.put("help", Map.of("text", page, "markdown", page)));
            rule.put("defaultConfiguration", Map.of("level", level(worst.severity())));
            rules.add(rule);
        });
        return Map.of("name", "lockkeeper", "rules", rules);
    }

    private static Map<String, Object> result(Found found, int ruleIndex) {
        Finding finding = found.finding();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("ruleId", finding.rule());
        result.put("ruleIndex", ruleIndex);
        result.put("level", level(finding.severity()));
        result.put("message", Map.of("text", text(found)));
        result.put("locations", List.of(Map.of("physicalLocation", Map.of(
                "artifactLocation", Map.of("uri", found.statement().file().replace(" ", "%20")),
                "region", Map.of("startLine", found.statement().line(),
                        "snippet", Map.of("text", found.statement().text()))))));
        result.put("partialFingerprints", Map.of("lockkeeper/v1", found.fingerprint()));
        return result;
    }

    private static String text(Found found) {
        String does = Words.asWritten(found.statement());
        return found.finding().message() + (does.isEmpty() ? "" : ". As written it " + does) + ". "
                + found.finding().advice();
    }

    private static String level(Severity severity) {
        return switch (severity) {
            case P0, P1 -> "error";
            case P2 -> "warning";
            case P3 -> "note";
        };
    }
}
