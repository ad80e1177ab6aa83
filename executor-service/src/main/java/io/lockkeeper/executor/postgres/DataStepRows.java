package io.lockkeeper.executor.postgres;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.step.Assignment;
import io.lockkeeper.executor.step.Tuning;
import io.lockkeeper.messages.OutcomeEvent.StepProgressed;
import io.lockkeeper.target.Session;

/** How a data step goes: how fast a person lets it, what slows it, how far it is. */
final class DataStepRows {

    private final Outbox outbox;

    DataStepRows(Outbox outbox) {
        this.outbox = outbox;
    }

    Tuning tuning(Session session, Assignment work) {
        Row row = session.query("SELECT most_workers, least_rest FROM lockkeeper.run WHERE id = $1::text",
                work.run().id()).get(0);
        return new Tuning(Optional.ofNullable(row.getInteger("most_workers")),
                Optional.ofNullable(row.getDouble("least_rest")));
    }

    void throttled(Session session, Assignment work, List<String> reasons, boolean paused) {
        session.query("""
                UPDATE lockkeeper.step
                SET throttled_by = $3::text[], state = CASE WHEN $4::boolean THEN 'THROTTLED' ELSE 'RUNNING' END
                WHERE run = $1::text AND id = $2::text AND state IN ('RUNNING', 'THROTTLED')
                """, work.run().id(), work.step().id(), reasons.toArray(String[]::new), paused);
    }

    /** In the transaction that {@code session} has open, whose number makes the event's id. */
    void progressed(Session session, Assignment work, long done, long total, String unit, long rows,
            double rowsPerSecond) {
        String at = session.query("SELECT pg_current_xact_id()::text AS transaction").get(0).getString("transaction");
        outbox.put(session, work.run(), "progress/" + work.step().id() + "/" + at,
                new StepProgressed(work.run().target(), work.run().release(), work.run().id(), work.step().id(), done,
                        total, unit, rows, rowsPerSecond, Instant.now()));
    }
}
