package io.lockkeeper.executor.postgres;

import java.time.Instant;
import java.util.Optional;

import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.messages.OutcomeEvent.RunChanged;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.target.Session;

/** Moves runs from state to state, in the caller's transaction, and says so. */
final class RunWriter {

    private final Outbox outbox;

    RunWriter(Outbox outbox) {
        this.outbox = outbox;
    }

    /**
     * Nothing happens where the run is in that state already.
     *
     * @param held where it goes back to from PAUSED and HALTED
     */
    void move(Session session, RunView run, RunState to, Optional<RunState> held, Optional<String> reason) {
        session.query("""
                UPDATE lockkeeper.run
                SET state = $2::text, held_state = $3::text, reason = $4::text, updated_at = clock_timestamp()
                WHERE id = $1::text AND (state <> $2::text OR reason IS DISTINCT FROM $4::text)
                RETURNING pg_current_xact_id()::text AS transaction
                """, run.id(), to.name(), held.map(RunState::name).orElse(null), reason.orElse(null)).stream()
                .findFirst().map(row -> row.getString("transaction"))
                // A run may be paused twice: the transaction tells the two events apart.
                .ifPresent(transaction -> outbox.put(session, run, "run/" + to + "/" + transaction,
                        new RunChanged(run.target(), run.release(), run.id(), run.plan().hash(), to, reason,
                                Instant.now())));
    }

    void move(Session session, RunView run, RunState to) {
        move(session, run, to, Optional.empty(), Optional.empty());
    }

    void closeGates(Session session, RunView run) {
        session.query("UPDATE lockkeeper.gate SET state = 'CLOSED' WHERE run = $1::text AND state = 'OPEN'", run.id());
    }
}
