package io.lockkeeper.executor.postgres;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.StepState;
import io.lockkeeper.target.Session;

/** A step's end in the ledger and in the WAL: one statement, in the caller's transaction. */
final class StepEnd {

    private StepEnd() {}

    /** @param took since the step was first begun */
    record Written(int attempt, Lsn marker, Duration took) {}

    /** @param begun the attempt is in the ledger; else it begins here as well */
    static Written write(Session session, Assignment work, StepState end, String executor, boolean begun,
            Optional<Long> rows) {
        String marker = Outbox.json(Map.of("run", work.run().id(), "step", work.step().id(), "state", end.name()));
        Row row = session.query("""
                WITH marker AS MATERIALIZED (
                  SELECT pg_logical_emit_message(true, 'lockkeeper.step', $6::text) AS lsn
                ), run_moved AS (
                  UPDATE lockkeeper.run SET marker = (SELECT lsn FROM marker) WHERE id = $1::text
                ), done AS (
                  UPDATE lockkeeper.step
                  SET state = $3::text, attempts = attempts + $4::int, marker = (SELECT lsn FROM marker),
                    rows = coalesce($5::bigint, rows), failure = NULL, throttled_by = '{}',
                    started_at = coalesce(started_at, now()), finished_at = clock_timestamp()
                  WHERE run = $1::text AND id = $2::text
                  RETURNING attempts, marker, (extract(epoch FROM finished_at - started_at) * 1000)::bigint AS took
                ), attempt_over AS (
                  INSERT INTO lockkeeper.attempt (run, step, number, outcome, backend_pid, executor, finished_at)
                  SELECT $1::text, $2::text, attempts, 'SUCCEEDED', $7::int, $8::text, clock_timestamp() FROM done
                  ON CONFLICT (run, step, number)
                  DO UPDATE SET outcome = excluded.outcome, finished_at = excluded.finished_at
                )
                SELECT attempts, marker::text AS marker, took FROM done
                """, work.run().id(), work.step().id(), end.name(), begun ? 0 : 1, rows.orElse(null), marker,
                session.backendPid(), executor).get(0);
        return new Written(row.getInteger("attempts"), Lsn.parse(row.getString("marker")),
                Duration.ofMillis(row.getLong("took")));
    }
}
