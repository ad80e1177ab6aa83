package io.lockkeeper.messages;

import java.util.Set;

/** The life of a run. Terminal states never change again. */
public enum RunState {
    CLAIMED,
    ARMING,
    EXPANDING,
    MIGRATING,
    AWAITING_CONTRACT,
    QUARANTINING,
    AWAITING_FINALIZE,
    CONTRACTING,
    WATCHING,
    COMPLETED,
    /** Held by a person; goes back to where it was. */
    PAUSED,
    /** Needs a person: a step failed for good, the catalog changed under it, or a NO_GO stopped the contract. */
    HALTED,
    ABORTING,
    ABORTED,
    /** The quarantine is taken back, because the application was rolled back; then its gate is judged anew. */
    REVERTING,
    REVERTED;

    private static final Set<RunState> TERMINAL = Set.of(COMPLETED, ABORTED, REVERTED);

    public boolean terminal() {
        return TERMINAL.contains(this);
    }
}
