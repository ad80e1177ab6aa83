package io.lockkeeper.executor.doctor;

import java.util.List;

import io.vertx.sqlclient.Row;

import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.target.Session;

/** Follows the history of a ledger from its first entry to its last, and compares the ledger with it. */
public final class Audit {

    /**
     * @param head hash of the last entry: kept elsewhere, it proves later that nothing before it was changed
     */
    public record Report(long entries, String head, List<Break> breaks) {

        public Report {
            breaks = List.copyOf(breaks);
        }
    }

    /** @param sequence of the entry where it shows */
    public record Break(long sequence, String finding) {}

    /** @throws io.lockkeeper.target.SqlFailure UNDEFINED_OBJECT where there is no ledger, or none with a history */
    public Report verify(Session session) {
        return session.transaction(() -> {
            // One snapshot: a run that goes on meanwhile is no break.
            session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                    + " SET LOCAL statement_timeout = 600000");
            Row head = session.query("SELECT sequence, hash FROM lockkeeper.history_head").get(0);
            List<Break> breaks = session.query(LedgerSchema.VERIFY_AUDIT).stream()
                    .map(row -> new Break(row.getLong("sequence"), row.getString("finding"))).toList();
            return new Report(head.getLong("sequence"), head.getString("hash"), breaks);
        });
    }
}
