package io.lockkeeper.executor.worker;

import java.util.List;

import io.lockkeeper.executor.doctor.Finding;
import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.run.Next;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.target.Session;

/** What the worker writes about a run as a whole. Every write is one fenced transaction on the tenure's ledger session. */
public interface RunLedger {

    /** What a patrol sees of a target. */
    record Glance(boolean openRun, boolean unpublished) {}

    /** Nothing of both where there is no ledger. */
    Glance glance(Session session, String target);

    /** The open runs of a target as they are now, at each call. */
    interface OpenRuns {

        /** In the order in which they were claimed. */
        List<RunView> look();
    }

    /** For one tenure: steps that are done are not read again while it lasts. */
    OpenRuns openRuns(Session session, String target);

    /**
     * Keeps and says what was found before the first step; a finding that fails halts the run. Told again after a crash it
     * counts once.
     *
     * @return whether the run goes on
     */
    boolean preflight(Tenure tenure, RunView run, List<Finding> findings);

    /** Writes the gate's marker into the WAL and its row, open for judgement, together. */
    void openGate(Tenure tenure, RunView run, Next.OpenGate gate);

    /** The run waits at the gate; says once when that is overdue. */
    void awaitGate(Tenure tenure, RunView run, Next.AwaitGate gate);

    void halt(Tenure tenure, RunView run, Failure failure);

    /** Says the milestones that are reached, each once. */
    void announce(Tenure tenure, RunView run);

    /** All its steps are taken back; where it had completed, its rows of both histories go in the same transaction. */
    void concludeTakingBack(Tenure tenure, RunView run);

    /** What the run did, for people; it has ended. */
    void keepRecord(Tenure tenure, RunView run);
}
