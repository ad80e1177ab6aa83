package io.lockkeeper.planner.catalog;

import java.util.Optional;

import io.lockkeeper.messages.RelationName;

/**
 * A trigger of the application's own.
 *
 * @param update     it fires on UPDATE, of any or of certain columns
 * @param function   that it calls
 * @param since      the stage in which this release creates it
 * @param definition as {@code pg_get_triggerdef} prints it; absent where OR REPLACE does not take it: a constraint trigger, a
 *                   partition's, one of this release
 */
public record Trigger(String name, boolean before, boolean row, boolean update, boolean enabled,
        RelationName function, Optional<Stage> since, Optional<String> definition) {

    public Trigger {
        since = since == null ? Optional.empty() : since;
        definition = definition == null ? Optional.empty() : definition;
    }
}
