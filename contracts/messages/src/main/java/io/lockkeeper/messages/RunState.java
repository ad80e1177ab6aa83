package io.lockkeeper.messages;

import java.util.Set;

/** The life of a run. Terminal states never change again, but for one: a run that has COMPLETED may be reverted. */
public enum RunState {
    CLAIMED,
    ARMING,
    EXPANDING,
    MIGRATING,
    AWAITING_CONTRACT,
    QUARANTINING,
    AWAITING_FINALIZE,
    /** The quarantine is taken back, because the application was rolled back; then its gate is judged anew. */
    LIFTING,
    CONTRACTING,
    WATCHING,
    COMPLETED,
    /** Held by a person; goes back to where it was. */
    PAUSED,
    /** Needs a person: a step failed for good, the catalog changed under it, or a NO_GO stopped the contract. */
    HALTED,
    /** Taken back before it has completed. */
    ABORTING,
    ABORTED,
    /** Taken back after it has completed. */
    REVERTING,
    REVERTED;

    private static final Set<RunState> TERMINAL = Set.of(COMPLETED, ABORTED, REVERTED);

    public boolean terminal() {
        return TERMINAL.contains(this);
    }

    /** All its steps are taken back, which ends it. */
    public boolean takingBack() {
        return this == ABORTING || this == REVERTING;
    }

    /** Steps are taken back in reverse order. */
    public boolean backwards() {
        return takingBack() || this == LIFTING;
    }
}
