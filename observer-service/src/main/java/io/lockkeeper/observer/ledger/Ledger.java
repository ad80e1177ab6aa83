package io.lockkeeper.observer.ledger;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.RunState;

/** Port: the executor's ledger in the target, read only. Used by one thread. */
public interface Ledger {

    /** Empty also where the target has no ledger yet. */
    List<LedgerRun> openRuns();

    Optional<RunState> state(String run);

    /** Has the executor stored the verdict with this event id? */
    Optional<Receipt> receipt(String verdict);

    /** Slots that plans of ended runs named. */
    List<String> slotsOfEndedRuns();
}
