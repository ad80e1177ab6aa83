package io.lockkeeper.planner.catalog;

import java.util.List;

import io.lockkeeper.messages.RelationName;

/**
 * A trigger of the application's own.
 *
 * @param columns  of {@code UPDATE OF}; empty: any
 * @param function that it calls
 */
public record Trigger(String name, boolean before, boolean row, boolean insert, boolean update, List<String> columns,
        boolean enabled, RelationName function) {

    public Trigger {
        columns = columns == null ? List.of() : List.copyOf(columns);
    }
}
