package io.lockkeeper.planner.rewrite;

import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Trigger;
import io.lockkeeper.planner.statement.RefusedStatement;

/** The application's own triggers on a table that a backfill updates or that gets a synchronising trigger. */
final class UserTriggers {

    static final String RULE = "user-trigger-fires";

    private UserTriggers() {}

    /**
     * A backfill fires every UPDATE trigger once per row: an {@code updated_at} would change, an audit would fill. A
     * BEFORE ROW trigger could also write what we synchronise.
     *
     * @param synchronised a synchronising trigger comes as well
     */
    static void requireHarmless(Subject subject, Relation table, boolean synchronised) {
        for (Trigger trigger : table.triggers()) {
            boolean fires = trigger.update() || synchronised && trigger.before() && trigger.row();
            String object = table.name() + "." + trigger.name();
            // One that this release disables still fires for the backfill, which comes before that.
            boolean lives = trigger.enabled() || trigger.since().isPresent();
            if (lives && fires && !subject.allows(RULE, object)) {
                throw new RefusedStatement(RULE, "trigger " + object + " fires for every row of the backfill",
                        "What it does (a time stamp, an audit row) happens once per row, without anybody's change; a"
                                + " BEFORE trigger may also overwrite the synchronised column.",
                        "Make the trigger pass over changes that are not the application's, then allow it by an"
                                + " exception " + RULE + " for " + object + ".");
            }
        }
    }
}
