package io.lockkeeper.executor.postgres;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;

import io.lockkeeper.executor.recovery.Fenced;
import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.executor.step.Assignment.Direction;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;

/** The first statement of every transaction of a worker. */
final class Fence {

    private static final Set<RunState> NOT_FORWARDS = EnumSet.of(RunState.PAUSED, RunState.HALTED, RunState.LIFTING,
            RunState.ABORTING,
            RunState.ABORTED, RunState.REVERTING, RunState.REVERTED, RunState.COMPLETED);
    private static final int TRIES = 5;

    private Fence() {}

    /**
     * Reads the epoch FOR SHARE, so that workers of one executor do not wait for each other while a takeover waits for
     * them all, and locks the run's row, so that a control and a step never decide at the same time.
     *
     * @return the run's state
     * @throws Fenced if another executor has taken over
     */
    static RunState check(Session session, Tenure tenure, RunView run) {
        return ask(session, tenure, run).get();
    }

    /** Sends the question; what is sent behind it, in the same transaction, is undone by whoever does not like the answer. */
    static Supplier<RunState> ask(Session session, Tenure tenure, RunView run) {
        Future<RowSet<Row>> answer = session.queue("""
                SELECT r.state FROM lockkeeper.target t, lockkeeper.run r
                WHERE t.name = $1::text AND t.epoch = $2::bigint AND r.id = $3::text
                FOR SHARE OF t FOR UPDATE OF r
                """, tenure.target().name(), tenure.epoch(), run.id());
        return () -> {
            List<Row> rows = session.await(answer);
            if (rows.isEmpty()) {
                throw new Fenced(tenure.target().name(), tenure.epoch());
            }
            return RunState.valueOf(rows.get(0).getString("state"));
        };
    }

    static boolean wants(RunState state, Assignment work) {
        return work.direction() == Direction.APPLY ? !NOT_FORWARDS.contains(state) : state.backwards();
    }

    /** A transaction of the ledger alone, behind the fence; tried again where another one was in its way for a moment. */
    static <T> T transaction(Tenure tenure, RunView run, Function<RunState, T> work) {
        return retrying(() -> tenure.ledger().transaction(() -> work.apply(check(tenure.ledger(), tenure, run))));
    }

    /** Only for work that holds nothing between tries. */
    static <T> T retrying(Supplier<T> work) {
        Optional<SqlFailure> last = Optional.empty();
        for (int number = 0; number < TRIES; number++) {
            try {
                return work.get();
            } catch (SqlFailure e) {
                if (!e.state().retryable()) {
                    throw e;
                }
                last = Optional.of(e);
            }
        }
        throw last.orElseThrow();
    }
}
