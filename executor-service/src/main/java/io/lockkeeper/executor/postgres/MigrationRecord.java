package io.lockkeeper.executor.postgres;

import java.util.List;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.target.Session;

/** What a run did, as Markdown for whoever keeps records: from the ledger alone, so that it can be had at any time. */
public final class MigrationRecord {

    private final Session session;
    private final String run;
    private final StringBuilder text = new StringBuilder();

    private MigrationRecord(Session session, String run) {
        this.session = session;
        this.run = run;
    }

    /** Empty if the ledger has no such run. */
    public static Optional<String> of(Session session, String run) {
        return session.transaction(() -> {
            session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
            return new MigrationRecord(session, run).write();
        });
    }

    private Optional<String> write() {
        List<Row> found = session.query("""
                SELECT format(E'# Release %s on %s\\n\\nRun %s, plan %s: **%s**%s. Claimed %s, last change %s (UTC).\\n',
                  release, target, id, plan_hash, state, coalesce(' (' || reason || ')', ''),
                  to_char(claimed_at, 'YYYY-MM-DD HH24:MI:SS'), to_char(updated_at, 'YYYY-MM-DD HH24:MI:SS')) AS line
                FROM lockkeeper.run WHERE id = $1::text
                """, run);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        text.append(found.get(0).getString("line"));
        table("Files", "file | checksum", """
                SELECT format('%s | %s', path, checksum) AS line FROM lockkeeper.migration WHERE run = $1::text
                ORDER BY version
                """);
        table("Before the first step", "look | finding | status | message", """
                SELECT format('%s | %s | %s | %s', number, finding, status, message) AS line
                FROM lockkeeper.preflight WHERE run = $1::text
                ORDER BY number, array_position(ARRAY['fail', 'warn', 'unknown', 'ok'], status), finding
                """);
        table("Steps", "step | what | phase | state | attempts | rows | began | seconds", """
                SELECT format('%s | %s | %s | %s | %s | %s | %s | %s', id, title, lower(phase), state, attempts, rows,
                  to_char(started_at, 'HH24:MI:SS'),
                  round(extract(epoch FROM finished_at - started_at)::numeric, 1)) AS line
                FROM lockkeeper.step WHERE run = $1::text ORDER BY ordinal
                """);
        table("Locks that were waited for",
                "step | attempt | outcome | we waited | behind | waited behind us | longest", """
                SELECT format('%s | %s | %s | %s ms | %s | %s | %s', step, attempt, outcome, waited_ms, blocked_by,
                  victims, longest_victim) AS line
                FROM lockkeeper.lock_waits WHERE run = $1::text ORDER BY step, attempt
                """);
        table("Attempts that failed", "step | attempt | outcome | SQLSTATE | message", """
                SELECT format('%s | %s | %s | %s | %s', step, number, outcome, sqlstate, message) AS line
                FROM lockkeeper.attempt WHERE run = $1::text AND outcome NOT IN ('SUCCEEDED') ORDER BY step, number
                """);
        table("Rows that were set aside", "step | table | row | SQLSTATE", """
                SELECT format('%s | %s | %s | %s', step, relation, key, sqlstate) AS line
                FROM lockkeeper.bad_row WHERE run = $1::text ORDER BY step, relation, key
                """);
        table("Gates and verdicts", "gate | attempt | verdict | taken | evidence | given", """
                SELECT format('%s | %s | %s | %s | %s | %s', gate, gate_attempt, decision,
                  CASE WHEN taken THEN 'yes' ELSE note END, evidence_hash,
                  to_char(given_at, 'YYYY-MM-DD HH24:MI:SS')) AS line
                FROM lockkeeper.verdict WHERE run = $1::text AND (taken OR decision <> 'INCONCLUSIVE') ORDER BY given_at
                """);
        table("Approvals", "gate | by | note | when", """
                SELECT format('%s | %s | %s | %s', gate, approver, note,
                  to_char(received_at, 'YYYY-MM-DD HH24:MI:SS')) AS line
                FROM lockkeeper.approval WHERE run = $1::text ORDER BY received_at
                """);
        table("Routines that were replaced", "routine | step", """
                SELECT format('%s | %s', identity, step) AS line FROM lockkeeper.routine WHERE run = $1::text
                ORDER BY identity
                """);
        text.append(session.query("""
                SELECT format(E'\\nThe ledger''s history has %s entries; hash of the last: `%s`\\n', sequence, hash) AS line
                FROM lockkeeper.history_head
                """).get(0).getString("line"));
        return Optional.of(text.toString());
    }

    /** Nothing where there is no row. */
    private void table(String title, String columns, String sql) {
        List<Row> rows = session.query(sql, run);
        if (rows.isEmpty()) {
            return;
        }
        text.append("\n## ").append(title).append("\n\n| ").append(columns).append(" |\n|")
                .append("---|".repeat(columns.split(" \\| ").length)).append('\n');
        rows.forEach(row -> text.append("| ").append(row.getString("line").replace('\n', ' ')).append(" |\n"));
    }
}
