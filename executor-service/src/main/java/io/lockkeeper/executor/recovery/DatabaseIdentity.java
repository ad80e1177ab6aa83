package io.lockkeeper.executor.recovery;

/**
 * Tells a restored, cloned or promoted database from the one that the runs were claimed in.
 *
 * @param restored it was started to stop at a chosen point of its past
 */
public record DatabaseIdentity(String systemIdentifier, int timeline, boolean restored) {

    /** As the ledger keeps it. */
    public DatabaseIdentity(String systemIdentifier, int timeline) {
        this(systemIdentifier, timeline, false);
    }

    /** Nothing has happened, or a standby was promoted: its ledger ends where its data end, so the run goes on from there. */
    public boolean continues(DatabaseIdentity recorded) {
        return systemIdentifier.equals(recorded.systemIdentifier())
                && (timeline == recorded.timeline() || timeline > recorded.timeline() && !restored);
    }

    /** What to do about it, for the message of a refusal. */
    public static String advice(String target, DatabaseIdentity now, DatabaseIdentity recorded) {
        return "target " + target + " is database system " + now.systemIdentifier() + " on timeline " + now.timeline()
                + ", its ledger was written on " + recorded.systemIdentifier() + ", timeline " + recorded.timeline()
                + ": it was restored or cloned. See that runs in the ledger match the schema; if this"
                + " database is meant, set system_identifier and timeline in lockkeeper.target";
    }
}
