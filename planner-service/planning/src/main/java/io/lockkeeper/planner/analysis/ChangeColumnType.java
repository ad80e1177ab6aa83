package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;

/**
 * ALTER COLUMN TYPE: a catalog update where the bytes stay, else a rewrite. Either way indexes, CHECKs and foreign keys on
 * the column are made again, on both sides.
 */
final class ChangeColumnType implements Operation {

    @Override
    public Set<String> takes() {
        return Set.of("AT_AlterColumnType");
    }

    @Override
    public void tell(Written written, Effects effects) {
        String name = written.node().string("name");
        SyntaxNode definition = written.node().get("def");
        ColumnType type = Written.type(definition.get("typeName"), effects.after());
        List<Relation> targets = written.targets(effects);
        boolean rewrites = false;
        boolean scans = false;
        for (Relation target : targets) {
            effects.lock(target, LockMode.ACCESS_EXCLUSIVE);
            Optional<Column> column = target.column(name);
            Optional<TypeChange> change = column.map(c -> new TypeChange(c.type(), type, effects.after()));
            boolean keeps = change.filter(TypeChange::keepsBytes).isPresent()
                    && computesNothing(definition.get("raw_default"), name, type, effects);
            if (!keeps) {
                rewrites = true;
                effects.rewrite(target);
            } else if (rebuilds(target, column.get(), definition, change.get())) {
                scans = true;
                effects.scan(target);
            }
            target.indexesOn(name)
                    .forEach(index -> effects.lock(Effects.name(target, index), LockMode.ACCESS_EXCLUSIVE));
            // The sequence of an identity column counts in the column's type.
            column.filter(c -> c.generation().identity()).flatMap(Column::ownedSequence).ifPresent(sequence -> {
                effects.lock(sequence, LockMode.SHARE_ROW_EXCLUSIVE);
                effects.renew(sequence);
            });
            foreignKeys(target, name, keeps && change.get().keepsIndexes(), effects);
            effects.fold(target.changeColumn(name, c -> c.withType(type, collation(definition))));
        }
        effects.deploy(rewrites ? DeploymentClass.BREAKING : DeploymentClass.EXPAND);
        String what = "column " + written.target() + "." + name + " becomes " + type.sql();
        if (effects.inUse(written.target()) && rewrites) {
            effects.breaks(DeploymentClass.BREAKING, Rule.CHANGE_COLUMN_TYPE, what + ": the table is written again");
        } else if (effects.inUse(written.target()) && scans) {
            effects.find(Rule.CHANGE_COLUMN_TYPE, what + ": its indexes or CHECKs are made again");
        }
    }

    /** USING the column itself, perhaps cast to its new type, is no computation. */
    private static boolean computesNothing(SyntaxNode using, String column, ColumnType type, Effects effects) {
        if (using.isMissing()) {
            return true;
        }
        boolean cast = using.is("TypeCast")
                && Written.type(using.get("typeName"), effects.after()).sql().equals(type.sql());
        SyntaxNode value = cast ? using.get("arg") : using;
        return value.is("ColumnRef") && value.strings("fields").equals(List.of(column));
    }

    /** Without a rewrite: CHECKs are tried again, and indexes with an expression, a predicate or another order built. */
    private static boolean rebuilds(Relation table, Column column, SyntaxNode definition, TypeChange change) {
        boolean checks = table.constraintsOn(column.name())
                .anyMatch(check -> check.type() == Constraint.Type.CHECK && check.validated());
        boolean sameOrder = change.keepsIndexes() && collation(definition).equals(column.collation());
        boolean indexes = table.indexesOn(column.name())
                .anyMatch(index -> index.computed() || !sameOrder && index.keys().contains(column.name()));
        return checks || indexes;
    }

    private static void foreignKeys(Relation table, String column, boolean reused, Effects effects) {
        for (Catalog.ForeignKey key : Keys.touching(table, column, effects.after())) {
            RelationName referenced = key.constraint().references().orElseThrow();
            effects.lock(key.table(), LockMode.ACCESS_EXCLUSIVE);
            // It is dropped and made again.
            Keys.lockTriggers(referenced, effects);
            Keys.lockReferenced(referenced, key.constraint().referencedColumns(), LockMode.SHARE_ROW_EXCLUSIVE,
                    effects);
            if (key.constraint().validated() && !reused) {
                Keys.validate(effects.relation(key.table()), referenced, effects);
            }
        }
    }

    private static Optional<String> collation(SyntaxNode definition) {
        List<String> names = definition.get("collClause").strings("collname");
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(names.size() == 1
                        ? "pg_catalog.\"" + names.get(0) + "\""
                        : names.get(0) + ".\"" + names.get(1) + "\"");
    }
}
