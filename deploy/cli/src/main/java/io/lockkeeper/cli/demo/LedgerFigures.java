package io.lockkeeper.cli.demo;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the ledger says of one run when it is over, read directly: the report compares it with what the workload felt.
 *
 * @param lockRetries attempts that gave a lock up again: timeouts and deadlocks
 * @param lockWaits   attempts that waited for a lock, and how long in all
 */
record LedgerFigures(List<PhaseTime> phases, List<VerdictLine> verdicts, long lockRetries, long lockWaits,
        Duration lockWait, List<String> blockers, long backfillRows, Duration backfillTime) {

    /** From the first start of a step to the last end; the wait at gates is in it. */
    record PhaseTime(String phase, long steps, Duration took) {}

    /** The verdict that opened a gate. */
    record VerdictLine(String gate, String decision, int evidence, String evidenceHash, String profile,
            Duration open) {}

    static LedgerFigures read(Connection connection, String run) throws SQLException {
        List<PhaseTime> phases = new ArrayList<>();
        query(connection, """
                SELECT phase, count(*), extract(epoch FROM max(finished_at) - min(started_at)) AS took
                FROM lockkeeper.step WHERE run = ? AND started_at IS NOT NULL GROUP BY phase ORDER BY min(ordinal)
                """, run, row -> phases
                .add(new PhaseTime(row.getString(1).toLowerCase(Locale.ROOT), row.getLong(2), seconds(row, 3))));
        List<VerdictLine> verdicts = new ArrayList<>();
        query(connection, """
                SELECT g.gate, v.decision, jsonb_array_length(v.body -> 'evidence'), v.evidence_hash,
                       v.body ->> 'profile', extract(epoch FROM g.passed_at - g.opened_at)
                FROM lockkeeper.gate g JOIN lockkeeper.verdict v ON v.id = g.verdict
                WHERE g.run = ? ORDER BY g.opened_at
                """, run, row -> verdicts.add(new VerdictLine(row.getString(1), row.getString(2), row.getInt(3),
                row.getString(4), row.getString(5), seconds(row, 6))));
        long[] waits = new long[3];
        query(connection, """
                SELECT count(*) FILTER (WHERE outcome IN ('LOCK_TIMEOUT', 'DEADLOCK')),
                       count(*) FILTER (WHERE waited_ms > 0), coalesce(sum(waited_ms), 0)
                FROM lockkeeper.attempt WHERE run = ?
                """, run, row -> {
            waits[0] = row.getLong(1);
            waits[1] = row.getLong(2);
            waits[2] = row.getLong(3);
        });
        long[] rows = new long[1];
        Duration[] took = {Duration.ZERO};
        query(connection, """
                SELECT coalesce(sum(rows), 0), extract(epoch FROM coalesce(sum(finished_at - started_at), interval '0'))
                FROM lockkeeper.step WHERE run = ? AND kind = 'backfill'
                """, run, row -> {
            rows[0] = row.getLong(1);
            took[0] = seconds(row, 2);
        });
        return new LedgerFigures(phases, verdicts, waits[0], waits[1], Duration.ofMillis(waits[2]),
                blockers(connection, run), rows[0], took[0]);
    }

    /** Everyone who was seen holding a lock that a step wanted, by application name. */
    static List<String> blockers(Connection connection, String run) throws SQLException {
        List<String> names = new ArrayList<>();
        query(connection, """
                SELECT DISTINCT blocker ->> 'application'
                FROM lockkeeper.attempt, jsonb_array_elements(blockers) AS blocker
                WHERE run = ? ORDER BY 1
                """, run, row -> names.add(String.valueOf(row.getString(1))));
        return names;
    }

    long backfillRowsPerSecond() {
        return backfillTime.isZero() ? 0 : Math.round(backfillRows / (backfillTime.toMillis() / 1_000.0));
    }

    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private static void query(Connection connection, String sql, String run, RowReader reader) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            statement.setString(1, run);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    reader.read(rows);
                }
            }
        }
    }

    private static Duration seconds(ResultSet row, int column) throws SQLException {
        return Duration.ofMillis(Math.round(row.getDouble(column) * 1_000));
    }
}
