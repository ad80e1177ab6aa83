package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * DROP INDEX as DROP INDEX CONCURRENTLY; as written it takes ACCESS EXCLUSIVE on the table. It waits for the contract
 * phase: the old version's queries, and its ON CONFLICT clauses where the index is unique, rely on it.
 */
final class DropIndex implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("DropStmt OBJECT_INDEX");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        subject.refuseCascade(subject.node());
        Sequence sequence = new Sequence(List.of(), List.of(), List.of(),
                List.of(), subject.catalog());
        for (SyntaxNode name : subject.node().list("objects")) {
            sequence = sequence.then(drop(subject.with(sequence.after()), Subject.name(name.strings("items"))));
        }
        return sequence;
    }

    private static Sequence drop(Subject subject, RelationName name) {
        Optional<Relation> owner = subject.catalog().tableOfIndex(name);
        if (owner.isEmpty() && subject.node().flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "index " + name + " is not there");
        }
        Relation table = subject.of(owner.orElseThrow(() -> new RefusedStatement("no-such-index",
                "index " + name + " does not exist", "", "Check the name and its schema.")).name(),
                Relation.Kind.TABLE, Relation.Kind.PARTITIONED_TABLE, Relation.Kind.MATERIALIZED_VIEW);
        Index index = table.index(name.name()).orElseThrow();
        refuseNeeded(subject, table, index);
        Catalog after = subject.catalog().with(table.withoutIndex(index.name())).withTakenName(name);
        if (table.created()) {
            return Sequence.of(after, FreshTable.ddl(subject, table, "DROP INDEX " + name.quoted()));
        }
        if (table.kind() == Relation.Kind.PARTITIONED_TABLE) {
            return dropPartitioned(subject.catalog(), after, table, index, name);
        }
        return Sequence.of(after, Draft.of(Stage.QUARANTINE, "drop-index-" + name.name(), "Drop index " + name,
                new Action.DropIndex(table.name(), name),
                Draft.lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE))
                .undone(true, "the index is built again",
                        new Action.CreateIndex(table.name(), name, concurrently(index.definition())))
                .validatedBy(Probe.relationAbsent(name)));
    }

    /** CONCURRENTLY is not possible: ACCESS EXCLUSIVE on the whole tree for a catalog update. */
    private static Sequence dropPartitioned(Catalog before, Catalog after, Relation table, Index index,
            RelationName name) {
        Catalog without = after;
        List<Action> again = new ArrayList<>();
        without = again(before, without, table, index, again);
        return Sequence.of(without, Draft.ddl(Stage.QUARANTINE, "drop-index-" + name.name(),
                "Drop index " + name + " and those of the partitions", List.of("DROP INDEX " + name.quoted()))
                .withLocks(PartitionTree.locks(before, table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undone(true, "the indexes are built again", again.toArray(Action[]::new))
                .validatedBy(Probe.relationAbsent(name)));
    }

    private static Catalog again(Catalog before, Catalog after, Relation parent, Index index, List<Action> actions) {
        RelationName parentIndex = RelationName.of(parent.name().schema(), index.name());
        actions.add(new Action.Ddl(List.of(index.definition())));
        Catalog without = after;
        for (Relation partition : before.partitions(parent.name())) {
            for (Index child : partition.indexes()) {
                if (!index.name().equals(partition.partition().indexes().get(child.name()))) {
                    continue;
                }
                RelationName childIndex = RelationName.of(partition.name().schema(), child.name());
                without = without.with(without.relation(partition.name()).orElseThrow().withoutIndex(child.name()))
                        .withTakenName(childIndex);
                if (partition.kind() == Relation.Kind.PARTITIONED_TABLE) {
                    without = again(before, without, partition, child, actions);
                } else {
                    actions.add(new Action.CreateIndex(partition.name(), childIndex,
                            concurrently(child.definition())));
                }
                actions.add(new Action.Ddl(List.of("ALTER INDEX " + parentIndex.quoted() + " ATTACH PARTITION "
                        + childIndex.quoted())));
            }
        }
        return without;
    }

    /** @param definition as {@code pg_get_indexdef} prints it */
    static String concurrently(String definition) {
        return definition.replaceFirst("^CREATE (UNIQUE )?INDEX ", "CREATE $1INDEX CONCURRENTLY ");
    }

    private static void refuseNeeded(Subject subject, Relation table, Index index) {
        Optional.ofNullable(table.partition().indexes().get(index.name())).ifPresent(parent -> {
            throw new RefusedStatement("index-needed",
                    "index " + index.name() + " of " + table.name() + " belongs to index " + parent + " of its parent",
                    "PostgreSQL would refuse.", "Drop the parent's index instead.");
        });
        index.constraint().ifPresent(constraint -> {
            throw new RefusedStatement("index-needed",
                    "index " + index.name() + " backs constraint " + constraint + " of " + table.name(),
                    "PostgreSQL would refuse.", "Drop the constraint instead.");
        });
        boolean referenced = index.unique() && subject.catalog().foreignKeysTo(table.name())
                .anyMatch(key -> Set.copyOf(key.constraint().referencedColumns()).equals(Set.copyOf(index.keys()))
                        && table.constraints().stream().noneMatch(
                                c -> c.key() && Set.copyOf(c.columns()).equals(Set.copyOf(index.keys()))));
        if (index.replicaIdentity() || referenced) {
            throw new RefusedStatement("index-needed",
                    "index " + index.name() + " of " + table.name()
                            + " is the replica identity or what a foreign key refers to",
                    "Change streams would make UPDATE and DELETE fail, or PostgreSQL would refuse.",
                    "Give the table another replica identity, or drop the foreign key first.");
        }
        if (index.since().isPresent()) {
            throw new RefusedStatement("index-in-change",
                    "index " + index.name() + " is created by this very release", "", "Leave out both statements.");
        }
    }
}
