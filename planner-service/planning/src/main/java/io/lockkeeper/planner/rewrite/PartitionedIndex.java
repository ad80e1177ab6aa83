package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Partitioning;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * An index on a partitioned table, which PostgreSQL cannot build concurrently: an index ON ONLY each parent, which is
 * invalid and holds nothing; one per leaf, built concurrently; each attached to its parent's. With the last one the
 * index turns valid. A partition that somebody adds meanwhile gets its own at once.
 *
 * @param body  what follows the table's name
 * @param parts what its columns and expressions give to the names of the partitions' indexes
 */
record PartitionedIndex(String name, boolean unique, String body, List<String> parts, Stage stage) {

    /** @param only the statement says ON ONLY: the partitions are left to statements of their own */
    Sequence create(Catalog after, Relation root, boolean only) {
        Index model = after.relation(root.name()).flatMap(relation -> relation.index(name)).orElseThrow();
        if (unique && !model.keys().containsAll(root.partition().key())) {
            throw new RefusedStatement("no-unique-key",
                    "unique index " + name + " does not contain all of " + root.name() + "'s partition key ("
                            + String.join(", ", root.partition().key()) + ")",
                    "PostgreSQL would refuse.", "Add these columns to the index.");
        }
        List<Draft> drafts = new ArrayList<>();
        if (only) {
            return Sequence.of(after, onlyParent(root, name));
        }
        Catalog catalog = build(after, root, name, drafts, model);
        int last = drafts.size() - 1;
        drafts.set(last, drafts.get(last).validatedBy(Probe.indexValid(RelationName.of(root.name().schema(), name))));
        return Sequence.of(catalog, drafts.toArray(Draft[]::new));
    }

    private Draft onlyParent(Relation parent, String indexName) {
        RelationName index = RelationName.of(parent.name().schema(), indexName);
        return Draft.ddl(stage, "create-index-" + indexName, "Create the empty index " + index + " of the parent",
                List.of("CREATE " + (unique ? "UNIQUE " : "") + "INDEX " + quote(indexName) + " ON ONLY "
                        + parent.name().quoted() + " " + body),
                // SHARE, which blocks writers through the parent, for a catalog update: nothing is built.
                Draft.lock(parent.name(), LockMode.SHARE))
                .undoneBy("DROP INDEX IF EXISTS " + index.quoted())
                .validatedBy(Probe.relationExists(index));
    }

    private Catalog build(Catalog before, Relation parent, String indexName, List<Draft> drafts, Index model) {
        drafts.add(onlyParent(parent, indexName));
        Catalog catalog = before;
        for (Relation partition : before.partitions(parent.name())) {
            String child;
            Optional<Index> alike = partition.indexes().stream()
                    .filter(index -> alike(index, partition)).findFirst();
            if (alike.isPresent()) {
                child = alike.get().name();
            } else {
                child = CreateIndex.chosenName(catalog, partition, parts);
                Index made = new Index(child, "CREATE " + (unique ? "UNIQUE " : "") + "INDEX " + quote(child) + " ON "
                        + partition.name().quoted() + " " + body, model.keys(), model.mentions(), unique, true,
                        Optional.empty(), false, false, model.computed(), false, Optional.empty(), model.since());
                catalog = catalog.with(partition.withIndex(made));
                if (partition.kind() == Relation.Kind.PARTITIONED_TABLE) {
                    catalog = build(catalog, partition, child, drafts, made);
                } else {
                    drafts.add(CreateIndex.build(stage, partition,
                            RelationName.of(partition.name().schema(), child), unique, body));
                }
            }
            drafts.add(attach(RelationName.of(parent.name().schema(), indexName), partition, child, alike));
            catalog = catalog.with(attached(catalog.relation(partition.name()).orElseThrow(), child, indexName));
        }
        return catalog;
    }

    /** A valid index that PostgreSQL itself would attach instead of building another. */
    private boolean alike(Index index, Relation partition) {
        return index.valid() && index.unique() == unique && index.constraint().isEmpty()
                && !partition.partition().indexes().containsKey(index.name())
                && index.definition().replaceFirst("^.*? USING ", "USING ").equals(
                        body.startsWith("USING ") ? body : "USING btree " + body);
    }

    private Draft attach(RelationName parent, Relation partition, String name, Optional<Index> adopted) {
        RelationName child = RelationName.of(partition.name().schema(), name);
        // An attached index goes only with its parent's: whichever undo runs first drops them all.
        List<Action> undo = new ArrayList<>(
                List.of(new Action.Ddl(List.of("DROP INDEX IF EXISTS " + parent.quoted()))));
        adopted.ifPresent(index -> undo.add(new Action.CreateIndex(partition.name(), child,
                DropIndex.concurrently(index.definition()))));
        return Draft.ddl(stage, "attach-index-" + child.name(), "Attach index " + child + " to " + parent,
                List.of("ALTER INDEX " + parent.quoted() + " ATTACH PARTITION " + child.quoted()),
                // ACCESS EXCLUSIVE on the partition's index, which whoever plans a query on it waits for: a catalog update.
                Draft.lock(parent, LockMode.SHARE_UPDATE_EXCLUSIVE), Draft.lock(child, LockMode.ACCESS_EXCLUSIVE))
                .undone(true, adopted.isPresent() ? "the index that was there before is built again" : "",
                        undo.toArray(Action[]::new))
                .validatedBy(Probe.attached(parent, child));
    }

    private static Relation attached(Relation partition, String child, String parent) {
        Partitioning place = partition.partition();
        Map<String, String> indexes = new HashMap<>(place.indexes());
        indexes.put(child, parent);
        return partition.withPartition(new Partitioning(place.parent(), place.bound(), place.constraint(),
                place.strategy(), place.key(), indexes, place.constraints()));
    }
}
