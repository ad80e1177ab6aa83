package io.lockkeeper.cli.lint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.lockkeeper.messages.Severity;
import io.lockkeeper.planner.analysis.Finding;
import io.lockkeeper.planner.report.Reviewed;
import io.lockkeeper.planner.report.Verdict;

/**
 * What a lint found, for any format.
 *
 * @param files how many were looked at
 */
public record LintReport(int files, List<Reviewed> statements, RuleDocs docs) {

    public LintReport {
        statements = List.copyOf(statements);
    }

    /** One finding of one statement. */
    record Found(Reviewed statement, Finding finding) {

        /** The same while rule and statement stay, wherever the statement stands in its file. */
        String fingerprint() {
            return io.lockkeeper.messages.Hash
                    .sha256(String.join("\n", finding.rule(), statement.file(), statement.text(), finding.message()))
                    .substring(0, 32);
        }
    }

    List<Found> found() {
        List<Found> all = new ArrayList<>();
        statements.forEach(
                statement -> statement.findings().forEach(finding -> all.add(new Found(statement, finding))));
        return all;
    }

    /** Each rule that was met, with the worst finding of it. */
    Map<String, Finding> rules() {
        Map<String, Finding> rules = new TreeMap<>();
        found().forEach(one -> rules.merge(one.finding().rule(), one.finding(),
                (left, right) -> left.severity().compareTo(right.severity()) <= 0 ? left : right));
        return rules;
    }

    long count(Verdict verdict) {
        return statements.stream().filter(statement -> statement.verdict() == verdict).count();
    }

    /** Findings that somebody should look at; those of P3 are there to know. */
    public long findings() {
        return found().stream().filter(one -> one.finding().severity() != Severity.P3).count();
    }

    public boolean refused() {
        return count(Verdict.REFUSED) > 0;
    }

    /** {@code 3 files, 12 statements: 8 safe, 3 rewritten, 1 refused; 5 findings}. */
    String summary() {
        List<String> verdicts = new ArrayList<>();
        for (Verdict verdict : Verdict.values()) {
            if (count(verdict) > 0) {
                verdicts.add(count(verdict) + " " + verdict.wireName());
            }
        }
        return files + " files, " + statements.size() + " statements" + (verdicts.isEmpty() ? "" : ": ")
                + String.join(", ", verdicts) + "; " + findings() + " findings";
    }
}
