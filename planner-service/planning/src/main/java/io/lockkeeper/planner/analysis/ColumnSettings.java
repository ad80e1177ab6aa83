package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Column.Generation;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Names;

/** What a column has besides type and values: default, identity, generation, statistics, storage. */
final class ColumnSettings implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("AT_ColumnDefault", "AT_CookedColumnDefault", "AT_SetStatistics", "AT_SetOptions",
                "AT_ResetOptions", "AT_SetStorage", "AT_SetCompression", "AT_AddIdentity", "AT_SetIdentity",
                "AT_DropIdentity", "AT_SetExpression", "AT_DropExpression", "AT_AlterColumnGenericOptions");
    }

    @Override
    public void tell(Written written, Effects effects) {
        String name = written.node().string("name");
        List<Relation> targets = written.targets(effects);
        Relation root = targets.get(0);
        switch (written.node().string("subtype")) {
            case "AT_SetStatistics" -> lock(targets, LockMode.SHARE_UPDATE_EXCLUSIVE, effects);
            case "AT_SetOptions", "AT_ResetOptions" -> effects.lock(root, LockMode.SHARE_UPDATE_EXCLUSIVE);
            case "AT_SetCompression", "AT_AlterColumnGenericOptions" -> effects.lock(root, LockMode.ACCESS_EXCLUSIVE);
            case "AT_SetStorage" -> lock(targets, LockMode.ACCESS_EXCLUSIVE, effects);
            case "AT_ColumnDefault", "AT_CookedColumnDefault" -> {
                lock(targets, LockMode.ACCESS_EXCLUSIVE, effects);
                boolean drops = written.node().get("def").isMissing();
                effects.deploy(drops ? DeploymentClass.CONTRACT : DeploymentClass.EXPAND);
                Optional<String> text = drops
                        ? Optional.empty()
                        : Optional.of(ColumnDefinition.text(written.node().get("def"), written.statement().text()));
                targets.forEach(target -> effects.fold(target.changeColumn(name, c -> c.withDefault(text))));
            }
            case "AT_SetExpression" -> expression(name, targets, effects);
            case "AT_DropExpression" -> {
                lock(targets, LockMode.ACCESS_EXCLUSIVE, effects);
                effects.deploy(DeploymentClass.CONTRACT);
                fold(name, targets, Generation.NONE, effects);
            }
            default -> identity(written, name, targets, effects);
        }
    }

    private static void lock(List<Relation> targets, LockMode mode, Effects effects) {
        targets.forEach(target -> effects.lock(target, mode));
    }

    private static void fold(String name, List<Relation> targets, Generation generation, Effects effects) {
        targets.forEach(target -> effects.fold(target.changeColumn(name, c -> c.withGeneration(generation))));
    }

    private static void expression(String name, List<Relation> targets, Effects effects) {
        for (Relation target : targets) {
            effects.lock(target, LockMode.ACCESS_EXCLUSIVE);
            boolean computedAtRead = target.column(name).map(Column::generation)
                    .equals(Optional.of(Generation.VIRTUAL));
            if (!computedAtRead) {
                effects.rewrite(target);
            }
        }
        if (effects.inUse(targets.get(0).name())) {
            effects.breaks(DeploymentClass.BREAKING, Rule.CHANGE_GENERATED,
                    "column " + targets.get(0).name() + "." + name + " is computed in another way from now on");
        }
    }

    /** By a sequence that the statement names, or PostgreSQL. */
    private static void numbered(SyntaxNode definition, RelationName table, String column, Effects effects) {
        RelationName sequence = definition.list("options").stream()
                .filter(option -> option.string("defname").equals("sequence_name")).findFirst()
                .map(option -> Names.of(option.get("arg").strings("items")))
                .orElseGet(() -> RelationName.of(table.schema(), effects.after().freeName(table.schema(),
                        table.name() + "_" + column + "_seq", taken -> false)));
        effects.fold(effects.relation(table).changeColumn(column, c -> AddColumn.owning(c, sequence)));
        effects.fold(effects.after().with(Relation.created(sequence, Relation.Kind.SEQUENCE, List.of())));
    }

    private static void identity(Written written, String name, List<Relation> targets, Effects effects) {
        Relation root = targets.get(0);
        lock(targets, LockMode.ACCESS_EXCLUSIVE, effects);
        effects.deploy(DeploymentClass.EXPAND);
        Optional<Column> column = root.column(name);
        switch (written.node().string("subtype")) {
            case "AT_AddIdentity" -> {
                fold(name, targets, Generation.IDENTITY_BY_DEFAULT, effects);
                numbered(written.node().get("def"), root.name(), name, effects);
            }
            case "AT_SetIdentity" -> column.flatMap(Column::ownedSequence)
                    .ifPresent(sequence -> effects.lock(sequence, LockMode.SHARE_ROW_EXCLUSIVE));
            default -> {
                effects.deploy(DeploymentClass.CONTRACT);
                column.flatMap(Column::ownedSequence).ifPresent(sequence -> {
                    effects.lock(sequence, LockMode.ACCESS_EXCLUSIVE);
                    effects.fold(effects.after().dropped(sequence));
                });
                targets.forEach(target -> effects.fold(target.changeColumn(name,
                        c -> c.withGeneration(Generation.NONE).owning(Optional.empty()))));
            }
        }
    }
}
