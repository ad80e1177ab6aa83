package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.catalog.Ties;

/** Views that go with what they read. */
final class ViewCascade {

    private ViewCascade() {}

    /** CASCADE takes the views with it, and the views on them. */
    static void of(List<Dependent> dependents, Effects effects) {
        Set<Dependent> seen = new TreeSet<>((one, other) -> one.description().compareTo(other.description()));
        List<Dependent> pending = new ArrayList<>(dependents);
        while (!pending.isEmpty()) {
            Dependent tie = pending.remove(0);
            if (tie.kind() != Dependent.Kind.VIEW || !seen.add(tie)) {
                continue;
            }
            effects.after().relations().values().stream()
                    .filter(relation -> relation.kind() == Kind.VIEW || relation.kind() == Kind.MATERIALIZED_VIEW)
                    .filter(relation -> Ties.of(relation.name()).equals(tie)).findFirst().ifPresent(view -> {
                        effects.lock(view, LockMode.ACCESS_EXCLUSIVE);
                        effects.lockIndexes(view, LockMode.ACCESS_EXCLUSIVE);
                        Ties.dependents(view).forEach(pending::add);
                        effects.fold(effects.after().dropped(view.name()));
                    });
        }
    }
}
