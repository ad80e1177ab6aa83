package io.lockkeeper.planner.catalog;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.RelationName;

/**
 * A relation's place in a tree of partitions.
 *
 * @param parent      that it is a partition of
 * @param bound       as {@code pg_get_expr} prints it: {@code FOR VALUES …} or {@code DEFAULT}
 * @param constraint  what its bound, and its ancestors', ask of each row; absent where they ask nothing
 * @param strategy    how it is partitioned itself: {@code RANGE}, {@code LIST} or {@code HASH}
 * @param key         the columns by which it is partitioned; an empty text stands for an expression
 * @param indexes     its indexes that are attached to an index of the parent, and that one's name
 * @param constraints its constraints that come from the parent: they go only with it
 */
public record Partitioning(Optional<RelationName> parent, Optional<String> bound, Optional<String> constraint,
        Optional<String> strategy, List<String> key, Map<String, String> indexes, List<String> constraints) {

    public static final Partitioning NONE = new Partitioning(null, null, null, null, null, null, null);

    public Partitioning {
        parent = parent == null ? Optional.empty() : parent;
        bound = bound == null ? Optional.empty() : bound;
        constraint = constraint == null ? Optional.empty() : constraint;
        strategy = strategy == null ? Optional.empty() : strategy;
        key = key == null ? List.of() : List.copyOf(key);
        indexes = indexes == null ? Map.of() : Map.copyOf(indexes);
        constraints = constraints == null ? List.of() : List.copyOf(constraints);
    }

    public static Partitioning by(String strategy, List<String> key) {
        return new Partitioning(null, null, null, Optional.of(strategy), key, null, null);
    }

    public boolean isDefault() {
        return bound.filter("DEFAULT"::equals).isPresent();
    }

    public Partitioning under(RelationName newParent, String newBound) {
        return new Partitioning(Optional.of(newParent), Optional.of(newBound), constraint, strategy, key, indexes,
                constraints);
    }

    public Partitioning detached() {
        return new Partitioning(null, null, null, strategy, key, null, null);
    }
}
