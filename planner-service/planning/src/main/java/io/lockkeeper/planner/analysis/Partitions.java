package io.lockkeeper.planner.analysis;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Inheritance;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Names;

/**
 * ATTACH and DETACH PARTITION, and what a new partition means for its parent: the default partition is locked and scanned
 * for rows that belong to the new one.
 */
final class Partitions implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("AT_AttachPartition", "AT_DetachPartition", "AT_DetachPartitionFinalize");
    }

    @Override
    public void tell(Written written, Effects effects) {
        RelationName parent = written.target();
        SyntaxNode command = written.node().get("def");
        RelationName child = Names.of(command.get("name"));
        effects.relation(parent);
        Relation partition = effects.relation(child);
        if (written.node().string("subtype").equals("AT_AttachPartition")) {
            attach(parent, partition, command.get("bound"), effects);
        } else {
            detach(parent, partition, written.node().string("subtype").equals("AT_DetachPartitionFinalize")
                    || command.flag("concurrent"), effects);
        }
    }

    private static void attach(RelationName parent, Relation partition, SyntaxNode bound, Effects effects) {
        effects.deploy(DeploymentClass.EXPAND);
        effects.lock(parent, LockMode.SHARE_UPDATE_EXCLUSIVE);
        for (RelationName part : effects.after().tree(partition.name())) {
            Relation leaf = effects.relation(part);
            effects.lock(leaf, LockMode.ACCESS_EXCLUSIVE);
            // A CHECK that proves the bound spares the scan; indexes that the parent has and the table lacks are built.
            effects.scan(leaf);
        }
        added(parent, bound, effects);
        effects.after().tree(partition.name())
                .forEach(part -> takeForeignKeys(effects.relation(parent), part, effects));
        effects.fold(link(effects.after(), partition.name(), parent, true, Optional.of(boundText(bound))));
        if (effects.inUse(parent)) {
            effects.find(Rule.ATTACH_PARTITION,
                    partition.name() + " is looked at row by row, and so is the default partition of " + parent);
        }
    }

    /** Those of the parent become its own, and stay when it is detached. */
    private static void takeForeignKeys(Relation parent, RelationName name, Effects effects) {
        for (Constraint key : parent.constraints()) {
            Relation part = effects.relation(name);
            boolean there = part.constraints().stream().anyMatch(
                    own -> own.references().equals(key.references()) && own.columns().equals(key.columns()));
            if (key.references().isPresent() && !there) {
                effects.fold(part.withConstraint(key));
            }
        }
    }

    /** What a parent has to bear when a partition comes, however it comes. */
    static void added(RelationName parent, SyntaxNode bound, Effects effects) {
        effects.lockIndexes(effects.relation(parent), LockMode.SHARE_UPDATE_EXCLUSIVE);
        if (!bound.flag("is_default")) {
            effects.after().children(parent).stream().filter(Inheritance::isDefault).map(Inheritance::child)
                    .flatMap(name -> effects.after().tree(name).stream()).map(effects::relation).forEach(rest -> {
                        effects.lock(rest, LockMode.ACCESS_EXCLUSIVE);
                        effects.scan(rest);
                    });
        }
        LockMode referring = Keys.triggersOnPartitioned(effects)
                ? LockMode.SHARE_ROW_EXCLUSIVE
                : LockMode.ACCESS_SHARE;
        effects.after().foreignKeysTo(parent).forEach(key -> effects.lock(key.table(), referring));
        effects.relation(parent).constraints().stream().map(Constraint::references).flatMap(Optional::stream)
                .flatMap(name -> effects.after().tree(name).stream())
                .forEach(name -> effects.lock(name, LockMode.SHARE_ROW_EXCLUSIVE));
    }

    private static void detach(RelationName parent, Relation partition, boolean concurrently, Effects effects) {
        effects.deploy(DeploymentClass.CONTRACT);
        if (concurrently) {
            effects.outsideTransaction();
            effects.lock(parent, LockMode.SHARE_UPDATE_EXCLUSIVE);
            effects.lock(partition, LockMode.ACCESS_EXCLUSIVE);
        } else {
            effects.lock(parent, LockMode.ACCESS_EXCLUSIVE);
            for (RelationName part : effects.after().tree(partition.name())) {
                effects.lock(part, LockMode.ACCESS_EXCLUSIVE);
            }
            Effects.indexes(partition).stream().filter(index -> !effects.after().parents(index).isEmpty())
                    .forEach(index -> effects.lock(index, LockMode.ACCESS_EXCLUSIVE));
            effects.after().children(parent).stream().filter(Inheritance::isDefault)
                    .forEach(link -> effects.lock(link.child(), LockMode.ACCESS_EXCLUSIVE));
            effects.after().foreignKeysTo(parent).map(Catalog.ForeignKey::table).distinct().forEach(user -> {
                // Nothing may refer to a row that goes.
                effects.lock(user, LockMode.ACCESS_EXCLUSIVE);
                effects.lockIndexes(effects.relation(user), LockMode.ACCESS_SHARE);
                effects.scan(effects.relation(user));
            });
        }
        if (effects.inUse(parent)) {
            effects.hazard(Hazard.APP_BREAKING);
            effects.find(Rule.DETACH_PARTITION, "rows of " + partition.name() + " are no longer found in " + parent);
        }
        effects.fold(effects.relation(partition.name()).withPartition(partition.partition().detached()));
        effects.fold(link(effects.after(), partition.name(), parent, false, Optional.empty()));
    }

    static String boundText(SyntaxNode bound) {
        return bound.flag("is_default") ? "DEFAULT" : "FOR VALUES (as written)";
    }

    static Catalog link(Catalog catalog, RelationName child, RelationName parent, boolean add, Optional<String> bound) {
        Set<Inheritance> links = catalog.inheritance().stream()
                .filter(link -> !link.child().equals(child) || !link.parent().equals(parent))
                .collect(Collectors.toSet());
        if (add) {
            links.add(new Inheritance(child, parent, bound));
        }
        return catalog.withInheritance(links);
    }
}
