package io.lockkeeper.planner.catalog;

import java.util.List;
import java.util.stream.Stream;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;

/** Views and what they read, as {@code pg_depend} tells it. */
public final class Ties {

    private Ties() {}

    public static Dependent of(RelationName view) {
        return new Dependent(Dependent.Kind.VIEW, "view " + plain(view.schema()) + "." + plain(view.name()));
    }

    /** What a view reads, views among it. */
    public static List<Relation> below(RelationName view, Catalog catalog) {
        Dependent tie = of(view);
        return catalog.relations().values().stream()
                .filter(relation -> dependents(relation).anyMatch(tie::equals)).toList();
    }

    public static Stream<Dependent> dependents(Relation relation) {
        return Stream.concat(relation.dependents().stream(),
                relation.columns().stream().flatMap(column -> column.dependents().stream())).distinct();
    }

    private static String plain(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : Identifier.quote(name);
    }
}
