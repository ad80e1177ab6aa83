package io.lockkeeper.planner.catalog;

import java.util.Optional;

import io.lockkeeper.messages.RelationName;

/**
 * A trigger of the application's own.
 *
 * @param update   it fires on UPDATE, of any or of certain columns
 * @param function that it calls
 * @param since    the stage in which this release creates it
 */
public record Trigger(String name, boolean before, boolean row, boolean update, boolean enabled,
        RelationName function, Optional<Stage> since) {

    public Trigger {
        since = since == null ? Optional.empty() : since;
    }
}
