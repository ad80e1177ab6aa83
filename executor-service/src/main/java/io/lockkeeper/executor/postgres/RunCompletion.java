package io.lockkeeper.executor.postgres;

import java.time.Instant;

import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached.Milestone;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.target.Session;

/** The end of a run that succeeded, in the transaction of its last step: both histories, gates, state, milestone. */
final class RunCompletion {

    private final Outbox outbox;
    private final RunWriter runs;

    RunCompletion(Outbox outbox, RunWriter runs) {
        this.outbox = outbox;
        this.runs = runs;
    }

    void write(Session session, Tenure tenure, RunView run) {
        for (Plan.FileVersion file : run.plan().files()) {
            session.queue("""
                    INSERT INTO lockkeeper.migration (version, path, checksum, run)
                    VALUES ($1::text, $2::text, $3::text, $4::text)
                    """, file.version(), file.path(), file.checksum(), run.id());
        }
        TeamTable.of(tenure.target()).ifPresent(table -> table.record(session, tenure.target(), run));
        runs.closeGates(session, run);
        runs.move(session, run, RunState.COMPLETED);
        outbox.put(session, run, PostgresRunLedger.milestoneId(Milestone.COMPLETED), new MilestoneReached(run.target(),
                run.release(), run.id(), Milestone.COMPLETED, Instant.now()));
    }

    /** Both histories as if the run had never been. */
    static void forget(Session session, Tenure tenure, RunView run) {
        session.queue("DELETE FROM lockkeeper.migration WHERE run = $1::text", run.id());
        TeamTable.of(tenure.target()).filter(table -> table.present(session))
                .ifPresent(table -> table.forget(session, tenure.target(), run));
    }
}
