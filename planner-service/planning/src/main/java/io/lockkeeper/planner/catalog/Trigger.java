package io.lockkeeper.planner.catalog;

import io.lockkeeper.messages.RelationName;

/**
 * A trigger of the application's own.
 *
 * @param update   it fires on UPDATE, of any or of certain columns
 * @param function that it calls
 */
public record Trigger(String name, boolean before, boolean row, boolean update, boolean enabled,
        RelationName function) {}
