package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;

/** DROP, ALTER and VALIDATE CONSTRAINT. Only the last bears with readers and writers. */
final class Constraints implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("AT_DropConstraint", "AT_AlterConstraint", "AT_ValidateConstraint");
    }

    @Override
    public void tell(Written written, Effects effects) {
        List<Relation> targets = written.targets(effects);
        switch (written.node().string("subtype")) {
            case "AT_ValidateConstraint" -> validate(written.node().string("name"), targets, effects);
            case "AT_AlterConstraint" -> alter(written, targets, effects);
            default -> drop(written, targets, effects);
        }
    }

    private static void validate(String name, List<Relation> targets, Effects effects) {
        effects.deploy(DeploymentClass.MIGRATE);
        for (Relation target : targets) {
            effects.lock(target, LockMode.SHARE_UPDATE_EXCLUSIVE);
            Optional<Constraint> constraint = target.constraint(name);
            Optional<RelationName> referenced = constraint.flatMap(Constraint::references);
            if (constraint.filter(Constraint::validated).isPresent()) {
                continue;
            }
            if (referenced.isPresent()) {
                effects.after().tree(referenced.get())
                        .forEach(part -> effects.lock(part, LockMode.ROW_SHARE));
                Keys.validate(target, referenced.get(), effects);
            } else {
                effects.scan(target);
            }
            effects.fold(target.withConstraints(target.constraints().stream()
                    .map(c -> c.name().equals(name) ? valid(c) : c).toList()));
        }
        if (effects.inUse(targets.get(0).name())) {
            effects.find(Rule.VALIDATE_CONSTRAINT, "every row of " + targets.get(0).name() + " is looked at");
        }
    }

    private static Constraint valid(Constraint c) {
        return new Constraint(c.name(), c.type(), c.columns(), c.definition(), true, c.index(), c.references(),
                c.referencedColumns(), c.since());
    }

    private static void alter(Written written, List<Relation> targets, Effects effects) {
        effects.deploy(DeploymentClass.CONTRACT);
        boolean enforceability = written.node().get("def").flag("alterEnforceability");
        String name = written.node().get("def").string("conname");
        for (Relation target : targets) {
            effects.lock(target, LockMode.ACCESS_EXCLUSIVE);
            Optional<RelationName> referenced = target.constraint(name).flatMap(Constraint::references);
            if (enforceability) {
                referenced.ifPresent(table -> effects.after().tree(table)
                        .forEach(part -> effects.lock(part, LockMode.ACCESS_EXCLUSIVE)));
                if (written.node().get("def").flag("is_enforced")) {
                    referenced.ifPresentOrElse(table -> Keys.validate(target, table, effects),
                            () -> effects.scan(target));
                }
            }
        }
    }

    private static void drop(Written written, List<Relation> targets, Effects effects) {
        String name = written.node().string("name");
        effects.deploy(DeploymentClass.EXPAND);
        boolean foreignKey = false;
        for (Relation target : targets) {
            effects.lock(target, LockMode.ACCESS_EXCLUSIVE);
            Optional<Constraint> constraint = target.constraint(name);
            foreignKey |= constraint.filter(c -> c.references().isPresent()).isPresent();
            constraint.ifPresent(dropped -> drop(target, dropped, written.cascade(), effects));
            effects.fold(effects.relation(target.name()).withoutConstraint(name));
        }
        if (effects.inUse(targets.get(0).name())) {
            effects.find(foreignKey ? Rule.DROP_FOREIGN_KEY : Rule.DROP_CONSTRAINT,
                    "constraint " + name + " of " + targets.get(0).name() + " is gone at once");
            if (written.cascade()) {
                effects.hazard(Hazard.IRREVERSIBLE);
                effects.find(Rule.DROP_CASCADE, "CASCADE drops what the statement does not name");
            }
        }
    }

    private static void drop(Relation table, Constraint dropped, boolean cascade, Effects effects) {
        dropped.references().ifPresent(referenced -> effects.after().tree(referenced)
                .forEach(part -> effects.lock(part, LockMode.ACCESS_EXCLUSIVE)));
        if (dropped.index().isEmpty()) {
            return;
        }
        RelationName index = RelationName.of(table.name().schema(), dropped.index().get());
        for (RelationName part : effects.after().tree(index)) {
            effects.lock(part, LockMode.ACCESS_EXCLUSIVE);
            effects.after().tableOfIndex(part).ifPresent(owner -> {
                effects.lock(owner, LockMode.ACCESS_EXCLUSIVE);
                owner.index(part.name()).flatMap(Index::constraint)
                        .ifPresent(twin -> effects.fold(effects.relation(owner.name()).withoutConstraint(twin)));
            });
        }
        if (cascade) {
            effects.after().foreignKeysTo(table.name())
                    .filter(key -> key.constraint().referencedColumns().equals(dropped.columns()))
                    .map(Catalog.ForeignKey::table).forEach(user -> effects.lock(user, LockMode.ACCESS_EXCLUSIVE));
        }
    }
}
