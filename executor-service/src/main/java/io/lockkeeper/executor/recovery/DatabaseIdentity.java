package io.lockkeeper.executor.recovery;

/** Tells a restored, cloned or promoted database from the one that the runs were claimed in. */
public record DatabaseIdentity(String systemIdentifier, int timeline) {

    /** What to do about it, for the message of a refusal. */
    public static String advice(String target, DatabaseIdentity now, DatabaseIdentity recorded) {
        return "target " + target + " is database system " + now.systemIdentifier() + " on timeline " + now.timeline()
                + ", its ledger was written on " + recorded.systemIdentifier() + ", timeline " + recorded.timeline()
                + ": it was restored, cloned or failed over. See that runs in the ledger match the schema; if this"
                + " database is meant, set system_identifier and timeline in lockkeeper.target";
    }
}
