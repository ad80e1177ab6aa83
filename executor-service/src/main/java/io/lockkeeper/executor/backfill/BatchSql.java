package io.lockkeeper.executor.backfill;

import java.util.stream.Collectors;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;

import io.lockkeeper.executor.step.StepContext;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;

/** The parts of a batch's transaction; each is ended by a semicolon, except the last. */
final class BatchSql {

    private final Action.Backfill action;
    private final CursorLedger cursors;
    private final BackfillPolicy policy;
    private final StepContext context;

    BatchSql(Action.Backfill action, CursorLedger cursors, BackfillPolicy policy, StepContext context) {
        this.action = action;
        this.cursors = cursors;
        this.policy = policy;
        this.context = context;
    }

    String begin() {
        return """
                BEGIN;
                SET LOCAL lock_timeout = %d;
                SET LOCAL statement_timeout = %d;
                SET LOCAL synchronous_commit = off;
                %s;
                %s""".formatted(policy.lockTimeout().toMillis(), policy.batchTimeout().toMillis(),
                cursors.fence(context.tenure()), context.tenure().asOwner());
    }

    /** Under the owner's role. Takes ROW EXCLUSIVE on the table, and locks the rows that differ. */
    String update(Part part, String where) {
        return """
                WITH moved AS (UPDATE ONLY %s SET %s WHERE %s AND (%s) RETURNING 1)
                SELECT set_config('%s', count(*)::text, true) FROM moved;
                """.formatted(part.name().quoted(), assignments(), where, action.differs(), CursorLedger.MOVED);
    }

    /** As ourselves: the ledger is not the owner's. */
    String advanceAndCommit(BlockRange range, long to, Part part) {
        return context.tenure().asOurselves() + ";\n" + cursors.advance(context.work(), range, to, part.name())
                + ";\nCOMMIT";
    }

    /** What advance() returned: the only number among the answers. */
    static long moved(Future<RowSet<Row>> answers) {
        for (var rows = answers.result(); rows != null; rows = rows.next()) {
            var first = rows.iterator();
            if (first.hasNext() && first.next().getValue(0) instanceof Long number) {
                return number;
            }
        }
        throw new IllegalStateException("a batch was committed without moving its cursor");
    }

    private String assignments() {
        return action.assignments().stream()
                .map(assignment -> Identifier.quote(assignment.column()) + " = (" + assignment.expression() + ")")
                .collect(Collectors.joining(", "));
    }
}
