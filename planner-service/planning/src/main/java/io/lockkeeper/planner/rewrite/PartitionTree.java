package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;

/** A partitioned table and all that is below it: ALTER TABLE on the root takes its lock on, and changes, every one. */
final class PartitionTree {

    private PartitionTree() {}

    /** The root first, then each level: the order in which PostgreSQL takes them. */
    static List<Step.LockClaim> locks(Catalog catalog, RelationName root, LockMode mode) {
        return Stream.concat(Stream.of(root), catalog.descendants(root).stream().map(Relation::name))
                .map(name -> Draft.lock(name, mode)).toList();
    }

    static Relation parent(Catalog catalog, Relation partition) {
        return catalog.relation(partition.partition().parent().orElseThrow()).orElseThrow();
    }

    /** The tables that hold the tree's rows. */
    static List<Relation> leaves(Catalog catalog, RelationName root) {
        return catalog.descendants(root).stream().filter(relation -> relation.kind() != Relation.Kind.PARTITIONED_TABLE)
                .toList();
    }

    /** A sequence that was made for the root alone, for the whole tree: its locks, and what it leaves behind. */
    static Sequence spread(Sequence sequence, Catalog before, RelationName root) {
        Relation old = before.relation(root).orElse(null);
        Relation changed = sequence.after().relation(root).orElse(null);
        List<Relation> below = before.descendants(root);
        if (old == null || changed == null || below.isEmpty()
                || !before.partitions(root).equals(sequence.after().partitions(root))) {
            return sequence;
        }
        List<Draft> drafts = sequence.drafts().stream().map(draft -> spread(draft, root, below)).toList();
        Catalog after = sequence.after();
        for (Relation partition : below) {
            after = after.with(follow(partition, old, changed));
        }
        return new Sequence(drafts, sequence.pairs(), sequence.tolerances(), sequence.notes(), after);
    }

    private static Draft spread(Draft draft, RelationName root, List<Relation> below) {
        List<Step.LockClaim> locks = new ArrayList<>();
        for (Step.LockClaim claim : draft.locks()) {
            locks.add(claim);
            if (claim.relation().equals(root)) {
                below.forEach(partition -> locks.add(Draft.lock(partition.name(), claim.mode())));
            }
        }
        return draft.withLocks(locks);
    }

    private static Relation follow(Relation partition, Relation old, Relation changed) {
        Map<String, Column> before = old.columns().stream()
                .collect(Collectors.toMap(Column::name, Function.identity()));
        Set<String> still = changed.columns().stream().map(Column::name).collect(Collectors.toSet());
        Relation following = partition;
        for (Column column : changed.columns()) {
            if (!before.containsKey(column.name())) {
                following = following.withColumn(column);
            } else if (!before.get(column.name()).equals(column)) {
                following = following.changeColumn(column.name(), own -> column.withGrants(own.grants()));
            }
        }
        for (String name : before.keySet()) {
            following = still.contains(name) ? following : following.withoutColumn(name);
        }
        for (Constraint constraint : old.constraints()) {
            following = changed.constraints().contains(constraint)
                    ? following
                    : following.withoutConstraint(constraint.name());
        }
        for (Constraint constraint : changed.constraints()) {
            following = old.constraints().contains(constraint) ? following : following.withConstraint(constraint);
        }
        return following;
    }
}
