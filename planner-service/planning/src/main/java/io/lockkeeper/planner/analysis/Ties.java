package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;

/** Views and what they read, as {@code pg_depend} tells it. */
final class Ties {

    private Ties() {}

    static Dependent of(RelationName view) {
        return new Dependent(Dependent.Kind.VIEW, "view " + plain(view.schema()) + "." + plain(view.name()));
    }

    /** What a view reads, views among it. */
    static List<Relation> below(RelationName view, Catalog catalog) {
        Dependent tie = of(view);
        return catalog.relations().values().stream()
                .filter(relation -> dependents(relation).anyMatch(tie::equals)).toList();
    }

    /** CASCADE takes the views with it, and the views on them. */
    static void drop(List<Dependent> dependents, Effects effects) {
        Set<Dependent> seen = new TreeSet<>((one, other) -> one.description().compareTo(other.description()));
        List<Dependent> pending = new ArrayList<>(dependents);
        while (!pending.isEmpty()) {
            Dependent tie = pending.remove(0);
            if (tie.kind() != Dependent.Kind.VIEW || !seen.add(tie)) {
                continue;
            }
            effects.after().relations().values().stream()
                    .filter(relation -> relation.kind() == Kind.VIEW || relation.kind() == Kind.MATERIALIZED_VIEW)
                    .filter(relation -> of(relation.name()).equals(tie)).findFirst().ifPresent(view -> {
                        effects.lock(view, LockMode.ACCESS_EXCLUSIVE);
                        effects.lockIndexes(view, LockMode.ACCESS_EXCLUSIVE);
                        dependents(view).forEach(pending::add);
                        effects.fold(effects.after().dropped(view.name()));
                    });
        }
    }

    static Stream<Dependent> dependents(Relation relation) {
        return Stream.concat(relation.dependents().stream(),
                relation.columns().stream().flatMap(column -> column.dependents().stream())).distinct();
    }

    private static String plain(String name) {
        return name.matches("[a-z_][a-z0-9_]*") ? name : Identifier.quote(name);
    }
}
