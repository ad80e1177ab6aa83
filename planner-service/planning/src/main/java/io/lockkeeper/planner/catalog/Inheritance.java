package io.lockkeeper.planner.catalog;

import java.util.Optional;

import io.lockkeeper.messages.RelationName;

/**
 * A row of {@code pg_inherits}: of two tables or of two indexes.
 *
 * @param bound of a partition as {@code pg_get_expr} prints it; absent where the child is none
 */
public record Inheritance(RelationName child, RelationName parent, Optional<String> bound) {

    public Inheritance {
        bound = bound == null ? Optional.empty() : bound;
    }

    public boolean isDefault() {
        return bound.filter("DEFAULT"::equals).isPresent();
    }
}
