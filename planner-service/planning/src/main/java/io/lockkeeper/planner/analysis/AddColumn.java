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
import io.lockkeeper.planner.catalog.Volatility;

/**
 * ADD COLUMN: a catalog update where every old row has the same value, so that it need not be written (11 and later).
 * Constants and STABLE functions such as now() are evaluated once; VOLATILE ones once per row.
 */
final class AddColumn implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("AT_AddColumn");
    }

    @Override
    public void tell(Written written, Effects effects) {
        ColumnDefinition definition = ColumnDefinition.of(written.node().get("def"), effects.after(),
                written.statement().text());
        List<Relation> targets = written.targets(effects);
        Relation root = targets.get(0);
        effects.lock(root, LockMode.ACCESS_EXCLUSIVE);
        if (written.node().flag("missing_ok") && root.column(definition.column().name()).isPresent()) {
            return;
        }
        effects.deploy(DeploymentClass.EXPAND);
        boolean inUse = targets.stream().anyMatch(target -> effects.inUse(target.name()));
        for (Relation target : targets) {
            effects.lock(target, LockMode.ACCESS_EXCLUSIVE);
            if (rewrites(definition, effects)) {
                effects.rewrite(target);
                written.node().get("def").list("constraints").forEach(part -> Query.sequences(part, effects));
            } else if (verifies(definition)) {
                effects.scan(target);
            }
            effects.fold(target.withColumn(definition.column()));
        }
        foldSequence(root, definition, effects);
        definition.findStyle(root.name(), effects);
        if (inUse) {
            find(root, definition, effects);
        }
        for (SyntaxNode constraint : definition.constraints()) {
            AddConstraint.tell(constraint, List.of(definition.column().name()),
                    definition.volatility().isEmpty() && !definition.numbersItself(), written, effects);
        }
    }

    private static boolean rewrites(ColumnDefinition definition, Effects effects) {
        return definition.numbersItself() || definition.column().generation() == Generation.STORED
                || definition.volatility().equals(Optional.of(Volatility.VOLATILE))
                || definition.constrainedDomain(effects.after());
    }

    /** NOT NULL without a value for the rows that are there. */
    private static boolean verifies(ColumnDefinition definition) {
        return definition.column().notNull() && definition.volatility().isEmpty();
    }

    static void foldSequence(Relation table, ColumnDefinition definition, Effects effects) {
        if (definition.numbersItself() && effects.known(table.name())) {
            RelationName sequence = RelationName.of(table.name().schema(), effects.after().freeName(
                    table.name().schema(), table.name().name() + "_" + definition.column().name() + "_seq",
                    name -> false));
            Relation changed = effects.relation(table.name());
            effects.fold(changed.changeColumn(definition.column().name(), column -> owning(column, sequence)));
            effects.fold(effects.after().with(Relation.created(sequence, Relation.Kind.SEQUENCE, List.of())));
        }
    }

    static Column owning(Column column, RelationName sequence) {
        return new Column(column.name(), column.type(), column.notNull(), column.defaultExpression(),
                column.generation(), column.collation(), column.comment(), column.grants(), column.settings(),
                column.dependents(), Optional.of(sequence), column.identityOptions(), column.notNullConstraint(),
                column.filled(), column.defaultSince(), column.change());
    }

    private static void find(Relation table, ColumnDefinition definition, Effects effects) {
        Column column = definition.column();
        String name = "column " + table.name() + "." + column.name();
        if (definition.numbersItself()) {
            effects.find(Rule.ADD_COLUMN_AUTO_INCREMENT, name + " numbers itself: every row is written again");
        } else if (column.generation() == Generation.STORED) {
            effects.find(Rule.ADD_COLUMN_GENERATED, name + " is computed for every row: the table is written again");
        } else if (definition.volatility().equals(Optional.of(Volatility.VOLATILE))) {
            effects.find(Rule.ADD_COLUMN_VOLATILE_DEFAULT,
                    name + " has a default that differs from row to row: the table is written again");
        } else if (definition.constrainedDomain(effects.after())) {
            effects.find(Rule.ADD_COLUMN_CONSTRAINED_DOMAIN,
                    name + " is of a domain with constraints: the table is written again");
        }
        if (column.notNull() && definition.volatility().isEmpty() && !column.generation().identity()
                && column.generation() == Generation.NONE) {
            effects.breaks(DeploymentClass.CONTRACT, Rule.ADD_COLUMN_REQUIRED,
                    name + " is NOT NULL without a default: it fails where there are rows, and so do old INSERTs");
        }
        if (column.type().builtIn("json")) {
            effects.hazard(Hazard.APP_BREAKING);
        }
    }
}
