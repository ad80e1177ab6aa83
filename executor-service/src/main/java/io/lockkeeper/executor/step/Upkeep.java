package io.lockkeeper.executor.step;

import java.util.Optional;
import java.util.OptionalInt;

import org.jboss.logging.Logger;

import io.lockkeeper.executor.lock.Watcher.Seen;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step.LockClaim;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * What a table needs once a step has changed its rows, before the step is done: statistics, so that no reader of the new
 * shape meets a plan made for the old one; and where many rows were changed, VACUUM, before the table grows further. Both
 * take SHARE UPDATE EXCLUSIVE, which no statement of the application waits for. VACUUM does not give pages back to the disk:
 * that would take ACCESS EXCLUSIVE, on the standbys as well.
 */
public final class Upkeep {

    private static final Logger LOG = Logger.getLogger(Upkeep.class);
    private static final long MANY = 20_000_000;
    private static final int SHARE = 10;
    /** Milliseconds; as autovacuum rests, because the workload goes on. */
    private static final int COST_DELAY = 2;

    private Upkeep() {}

    /**
     * @param rows that were changed
     * @return empty if the step can be marked as done
     */
    public static Optional<StepResult> after(StepContext context, int attempt, RelationName table, long rows) {
        if (rows == 0) {
            return Optional.empty();
        }
        String statement = (vacuumIsDue(context, table, rows) ? "VACUUM (ANALYZE, TRUNCATE false) " : "ANALYZE ")
                + table.quoted();
        LOG.infof("rows are moved, now %s: target=%s step=%s rows=%d", statement, context.tenure().target().name(),
                context.work().step().id(), rows);
        Session session = context.tenure().hand();
        try {
            session.execute("SET vacuum_cost_delay = " + COST_DELAY);
            new LongStatement(context, attempt).run(statement,
                    Optional.of(new LockClaim(table, LockMode.SHARE_UPDATE_EXCLUSIVE)));
            return Optional.empty();
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST || !context.tenure().intact()) {
                throw e;
            }
            Failure failure = Failures.of(context.work().step(), e);
            context.ledger().attemptOver(context.tenure(), context.work(), attempt, AttemptOutcome.of(e.state()),
                    Optional.of(e.sqlState()), failure.message(), Optional.empty(), Seen.NOTHING);
            if (e.state() == SqlState.CANCELLED && !context.ledger().wanted(context.tenure(), context.work())) {
                return Optional.of(new StepResult.Stopped());
            }
            context.ledger().fail(context.tenure(), context.work(), OptionalInt.of(attempt), failure);
            return Optional.of(new StepResult.Failed(failure));
        } finally {
            if (session.open()) {
                session.execute("RESET vacuum_cost_delay");
            }
        }
    }

    /** A tenth of the table, or so many rows that a tenth of a giant would come too late. */
    private static boolean vacuumIsDue(StepContext context, RelationName table, long rows) {
        long all = context.tenure().ledger().query("""
                WITH RECURSIVE tree AS (
                  SELECT to_regclass($1::text)::oid AS oid
                  UNION
                  SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid
                )
                SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint AS rows
                FROM tree JOIN pg_class c ON c.oid = tree.oid WHERE c.relkind = 'r'
                """, table.quoted()).get(0).getLong("rows");
        return rows > MANY || rows * SHARE > all;
    }
}
