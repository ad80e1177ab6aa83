package io.lockkeeper.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.lockkeeper.cli.manifest.HumanDuration;

/**
 * What one demo came to.
 *
 * @param state      of the run at its end
 * @param control    longest stall of the workload's first seconds, without a release
 * @param stall      longest stall while the release ran
 * @param victims    waits of the shop's sessions behind ours, as the server showed them, and the longest one
 * @param check      orders read back, and those that did not hold what was written
 * @param lockBudget of the release
 */
record DemoResult(String state, long statements, long failed, long healed, Map<String, Long> failures,
        Tally.Stall control, Tally.Stall stall, int victims, Duration longestVictim, Workload.Check check,
        LedgerFigures ledger, Duration lockBudget, String profile, Duration took, long seed) {

    /** Waits beyond the budget are shown, not judged: a busy machine can make one of them at any time. */
    boolean good() {
        return "COMPLETED".equals(state) && failed == 0 && check.wrong() == 0;
    }

    /** The budget, with what the measurement itself cannot tell apart: its interval and the control's worst. */
    Duration allowedWait() {
        return lockBudget.plus(BlockedSessions.INTERVAL).plus(control.took());
    }

    boolean withinBudget() {
        return longestVictim.compareTo(allowedWait()) <= 0;
    }

    List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add("verdicts");
        ledger.verdicts().forEach(verdict -> lines.add(String.format(Locale.ROOT,
                "  %-17s %-5s %2d items of evidence, %s, after %s", verdict.gate(), verdict.decision(),
                verdict.evidence(), abbreviated(verdict.evidenceHash()), HumanDuration.format(verdict.open()))));
        lines.add("");
        row(lines, "statements of the shop", Long.toString(statements));
        row(lines, "  failed", failed + (failures.isEmpty() ? "" : "  by SQLSTATE: " + failures));
        row(lines, "  healed after 0A000", Long.toString(healed));
        row(lines, "  written orders read back", check.orders() + ", wrong: " + check.wrong());
        row(lines, "longest stall", stall.millis() + " ms  (" + statementName(stall.statement())
                + "); without a release " + control.millis() + " ms");
        row(lines, "blocked by Lockkeeper", victims + " waits, the longest " + longestVictim.toMillis()
                + " ms; allowed " + allowedWait().toMillis() + " ms (budget " + lockBudget.toMillis() + ")"
                + (withinBudget() ? "" : ": TOO LONG"));
        row(lines, "lock waits of Lockkeeper", ledger.lockWaits() + " attempts, "
                + HumanDuration.format(ledger.lockWait()) + " in all; retries: " + ledger.lockRetries());
        if (!ledger.blockers().isEmpty()) {
            row(lines, "  behind", String.join(", ", ledger.blockers()));
        }
        row(lines, "rows backfilled", ledger.backfillRows() + ", " + ledger.backfillRowsPerSecond() + " per second");
        ledger.phases().forEach(phase -> row(lines, "phase " + phase.phase(),
                HumanDuration.format(phase.took()) + ", " + phase.steps() + " steps"));
        return lines;
    }

    /** For machines: the very last line. */
    String resultLine() {
        return String.format(Locale.ROOT,
                "RESULT state=%s statements=%d failed=%d healed_0A000=%d victims=%d longest_stall_ms=%d lock_retries=%d"
                        + " backfill_rows_per_s=%d profile=%s seconds=%d",
                state, statements, failed, healed, victims, stall.millis(), ledger.lockRetries(),
                ledger.backfillRowsPerSecond(), profile, took.toSeconds());
    }

    private static void row(List<String> lines, String name, String value) {
        lines.add(String.format(Locale.ROOT, "%-26s %s", name, value));
    }

    private static String abbreviated(String hash) {
        return hash.length() > 19 ? hash.substring(0, 19) + "…" : hash;
    }

    private static String statementName(String sql) {
        return sql.length() > 40 ? sql.substring(0, 40) + "…" : sql;
    }
}
