package io.lockkeeper.executor.backfill;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;

/**
 * Goes through one block row by row, to find those that cannot be set. They are named by their key, never by a value; as
 * many as the policy allows are set aside in the ledger and left as they are, so that the rest goes on.
 */
final class BadRows {

    private final BatchSql sql;
    private final CursorLedger cursors;
    private final BackfillPolicy policy;
    private final StepContext context;
    private final Session session;

    BadRows(BatchSql sql, CursorLedger cursors, BackfillPolicy policy, StepContext context, Session session) {
        this.sql = sql;
        this.cursors = cursors;
        this.policy = policy;
        this.context = context;
        this.session = session;
    }

    sealed interface Found {}

    /** Committed: the block is done but for what was set aside. */
    record SetAside(BlockRange range) implements Found {}

    /** Rolled back: the policy does not allow to leave the row with this key behind. */
    record TooMany(String key) implements Found {}

    /** Data exceptions and constraints (classes 22 and 23), or what a function of the plan raises (P0): one row's fault. */
    static boolean causes(SqlFailure failure) {
        return failure.sqlState().startsWith("22") || failure.sqlState().startsWith("23")
                || failure.sqlState().startsWith("P0");
    }

    /** One transaction, a savepoint for each row: a block has some hundred at most. */
    Found byRow(Part part, BlockRange range) {
        String keys = keyExpression(part);
        session.execute(sql.begin() + "SELECT 1");
        long moved = 0;
        List<Bad> bad = new ArrayList<>();
        String block = "ctid >= '(" + range.next() + ",0)'::tid AND ctid < '(" + (range.next() + 1) + ",0)'::tid";
        for (var row : session.query("SELECT ctid::text AS place, " + keys + " AS key FROM ONLY "
                + part.name().quoted() + " WHERE " + block)) {
            session.execute("SAVEPOINT one");
            try {
                String place = "ctid = " + Identifier.literal(row.getString("place")) + "::tid";
                session.execute(sql.update(part, place));
                moved += Long.parseLong(session.query("SELECT current_setting('" + CursorLedger.MOVED + "') AS moved")
                        .get(0).getString("moved"));
                session.execute("RELEASE one");
            } catch (SqlFailure e) {
                if (!causes(e)) {
                    throw e;
                }
                session.execute("ROLLBACK TO one");
                bad.add(new Bad(row.getString("key"), e.sqlState()));
            }
        }
        session.execute(context.tenure().asOurselves());
        for (Bad each : bad) {
            if (cursors.setAsideWithin(session, context.work(), part.name(), each.key(),
                    each.sqlState()) > policy.badRows()) {
                session.execute("ROLLBACK");
                return new TooMany(each.key());
            }
        }
        var answer = session.sendScript("SELECT set_config('" + CursorLedger.MOVED + "', '" + moved + "', true);\n"
                + sql.advanceAndCommit(range, range.next() + 1, part));
        session.await(answer);
        return new SetAside(range.advanced(range.next() + 1, BatchSql.moved(answer)));
    }

    private record Bad(String key, String sqlState) {}

    /** As text; the row's place where there is no primary key. */
    private String keyExpression(Part part) {
        List<String> columns = session.query("""
                SELECT a.attname::text AS name FROM pg_index i
                JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                WHERE i.indrelid = to_regclass($1::text) AND i.indisprimary ORDER BY a.attnum
                """, part.name().quoted()).stream().map(row -> row.getString("name")).toList();
        return columns.isEmpty()
                ? "'ctid ' || ctid::text"
                : columns.stream().map(name -> Identifier.literal(name + " = ") + " || " + Identifier.quote(name)
                        + "::text").collect(Collectors.joining(" || ', ' || "));
    }
}
