package io.lockkeeper.planner.catalog;

import java.util.Optional;

import io.lockkeeper.messages.RelationName;

/**
 * A trigger of the application's own.
 *
 * @param update     it fires on UPDATE, of any or of certain columns
 * @param function   that it calls
 * @param definition the statement that makes it again; absent for one that this release makes
 * @param since      the stage in which this release creates, changes or disables it
 */
public record Trigger(String name, boolean before, boolean row, boolean update, Firing firing, RelationName function,
        Optional<String> definition, Optional<Stage> since) {

    /** In which sessions it fires, by {@code session_replication_role}; the clause of ALTER TABLE that says so. */
    public enum Firing {
        ORIGIN("ENABLE TRIGGER"),
        REPLICA("ENABLE REPLICA TRIGGER"),
        ALWAYS("ENABLE ALWAYS TRIGGER"),
        DISABLED(
                "DISABLE TRIGGER");

        private final String clause;

        Firing(String clause) {
            this.clause = clause;
        }

        public String clause() {
            return clause;
        }
    }

    public Trigger {
        definition = definition == null ? Optional.empty() : definition;
        since = since == null ? Optional.empty() : since;
    }

    public boolean enabled() {
        return firing != Firing.DISABLED;
    }

    public Trigger firing(Firing newFiring, Stage from) {
        return new Trigger(name, before, row, update, newFiring, function, definition, Optional.of(from));
    }

    /** Under another name; the statement that makes it is that of the old one. */
    public Trigger withName(String newName) {
        return new Trigger(newName, before, row, update, firing, function, Optional.empty(), since);
    }
}
