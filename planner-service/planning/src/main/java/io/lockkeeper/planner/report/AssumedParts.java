package io.lockkeeper.planner.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Properties;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Symbols;
import io.lockkeeper.planner.catalog.Trigger;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.statement.Names;

/** What a statement tells of a table's triggers, policies and sequences, and of domains, that nobody has looked at. */
final class AssumedParts {

    private AssumedParts() {}

    /** @param text the type of a domain's values */
    static Catalog complete(SyntaxNode tree, Catalog catalog, ColumnType text) {
        return switch (tree.type()) {
            case "DropStmt" -> dropped(tree, catalog);
            case "RenameStmt" -> renamed(tree, catalog);
            case "AlterDomainStmt" -> domain(tree, catalog, text);
            case "AlterTableStmt" -> {
                Catalog completed = catalog;
                for (SyntaxNode command : tree.list("cmds")) {
                    if (command.string("subtype").matches("AT_Enable.*Trig")) {
                        completed = trigger(completed, Names.of(tree.get("relation")), command.string("name"),
                                Trigger.Firing.DISABLED);
                    }
                }
                yield completed;
            }
            default -> catalog;
        };
    }

    private static Catalog dropped(SyntaxNode tree, Catalog catalog) {
        boolean trigger = tree.string("removeType").equals("OBJECT_TRIGGER");
        if (!trigger && !tree.string("removeType").equals("OBJECT_POLICY")) {
            return catalog;
        }
        List<String> parts = tree.list("objects").get(0).strings("items");
        RelationName table = Names.of(parts.subList(0, parts.size() - 1));
        String name = parts.get(parts.size() - 1);
        Catalog known = catalog.taken(table)
                ? catalog
                : catalog.with(Relation.created(table, Relation.Kind.TABLE, List.of()).inUse());
        return trigger ? trigger(known, table, name, Trigger.Firing.ORIGIN) : policy(known, table, name);
    }

    private static Catalog renamed(SyntaxNode tree, Catalog catalog) {
        RelationName relation = Names.of(tree.get("relation"));
        return switch (tree.string("renameType")) {
            case "OBJECT_TRIGGER" -> trigger(catalog, relation, tree.string("subname"), Trigger.Firing.ORIGIN);
            case "OBJECT_POLICY" -> policy(catalog, relation, tree.string("subname"));
            case "OBJECT_SEQUENCE" -> owned(catalog, relation);
            default -> catalog;
        };
    }

    private static Catalog trigger(Catalog catalog, RelationName table, String name, Trigger.Firing firing) {
        return change(catalog, table, relation -> {
            if (relation.triggers().stream().anyMatch(one -> one.name().equals(name))) {
                return relation;
            }
            List<Trigger> triggers = new ArrayList<>(relation.triggers());
            triggers.add(new Trigger(name, false, true, true, firing,
                    RelationName.of(table.schema(), "function of " + name),
                    Optional.of("CREATE TRIGGER " + Identifier.quote(name)), Optional.empty()));
            return relation.withTriggers(triggers);
        });
    }

    private static Catalog policy(Catalog catalog, RelationName table, String name) {
        return change(catalog, table, relation -> {
            if (relation.properties().policies().stream().anyMatch(one -> one.name().equals(name))) {
                return relation;
            }
            List<Properties.Part> policies = new ArrayList<>(relation.properties().policies());
            policies.add(new Properties.Part(name,
                    "CREATE POLICY " + Identifier.quote(name) + " ON " + table.quoted() + " AS PERMISSIVE"));
            return relation.withProperties(relation.properties().withPolicies(policies));
        });
    }

    /** A sequence is taken to number a column. */
    private static Catalog owned(Catalog catalog, RelationName sequence) {
        RelationName table = RelationName.of(sequence.schema(), "table of " + sequence.name());
        boolean known = catalog.relations().values().stream().flatMap(relation -> relation.columns().stream())
                .anyMatch(column -> column.ownedSequence().filter(sequence::equals).isPresent());
        return known || catalog.relation(sequence).filter(Relation::created).isPresent()
                ? catalog
                : catalog.with(Relation.created(table, Relation.Kind.TABLE,
                        List.of(Column.of("id", new ColumnType(RelationName.of("pg_catalog", "int4"), "integer"))
                                .withOwnedSequence(sequence, Optional.empty())))
                        .inUse());
    }

    private static Catalog domain(SyntaxNode tree, Catalog catalog, ColumnType text) {
        RelationName name = Names.of(tree.strings("typeName"));
        if (catalog.symbols().domains().containsKey(name)) {
            return catalog;
        }
        boolean names = tree.string("subtype").equals("X") || tree.string("subtype").equals("V");
        List<Properties.Part> checks = names
                ? List.of(new Properties.Part(tree.string("name"), "CHECK (true) NOT VALID"))
                : List.of();
        return catalog.with(new Type(name, name.quoted(), Type.Kind.DOMAIN, "S", names, List.of()))
                .with(catalog.symbols().with(new Symbols.Domain(name, text, names,
                        tree.string("subtype").equals("N"), Optional.empty(), checks)));
    }

    private static Catalog change(Catalog catalog, RelationName table, UnaryOperator<Relation> change) {
        return catalog.relation(table).map(relation -> catalog.with(change.apply(relation))).orElse(catalog);
    }
}
