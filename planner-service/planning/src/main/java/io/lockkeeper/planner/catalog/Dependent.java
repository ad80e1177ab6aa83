package io.lockkeeper.planner.catalog;

import java.util.List;

/**
 * Something that needs a relation or a column and would be dropped, broken or left behind with it.
 *
 * @param description for people: {@code view public.open_orders}
 */
public record Dependent(Kind kind, String description) {

    public enum Kind {
        VIEW, POLICY, GENERATED_COLUMN, TRIGGER, PUBLICATION, STATISTICS, ROUTINE, ROW_TYPE, OTHER
    }

    static List<Dependent> without(List<Dependent> dependents, String description) {
        return dependents.stream().filter(dependent -> !dependent.description().equals(description)).toList();
    }
}
