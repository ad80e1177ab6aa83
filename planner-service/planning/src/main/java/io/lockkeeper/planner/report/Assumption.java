package io.lockkeeper.planner.report;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.Names;
import io.lockkeeper.planner.statement.SourceStatement;

/**
 * Without a server, what a statement names is taken to exist: tables as ordinary ones with a primary key {@code id},
 * columns as text, or as something that a new type can be made from. So the planner can show what it would do; with a
 * target it knows.
 */
final class Assumption {

    private static final Set<String> SERIAL = Set.of("serial", "serial2", "serial4", "serial8", "bigserial",
            "smallserial");

    private final SyntaxNode tree;
    private Catalog catalog;

    private Assumption(SyntaxNode tree, Catalog catalog) {
        this.tree = tree;
        this.catalog = catalog;
    }

    /** The catalog, and whatever the statement names that it lacks. */
    static Catalog complete(SourceStatement statement, Catalog catalog) {
        Assumption assumption = new Assumption(statement.tree(),
                AssumedPartitions.complete(statement.tree(), catalog, AssumedColumns.TEXT));
        assumption.objects();
        return AssumedParts.complete(statement.tree(),
                AssumedColumns.complete(statement.tree(), assumption.catalog), AssumedColumns.TEXT);
    }

    private void objects() {
        Set<String> commonTables = tree.nodes().filter(node -> node.has("ctename")).map(node -> node.string("ctename"))
                .collect(Collectors.toSet());
        Set<RelationName> made = madeHere();
        Kind kind = kind();
        tree.nodes().forEach(node -> {
            if (node.has("relname") && node.has("relpersistence")) {
                boolean common = !node.has("schemaname") && commonTables.contains(node.string("relname"));
                RelationName name = Names.of(node);
                schema(name.schema());
                if (!common && !made.contains(name)) {
                    relation(name, kind);
                }
            } else if (node.has("names") && node.has("typemod")) {
                typeName(node.strings("names"));
            } else if (node.is("FuncCall")) {
                routine(node.strings("funcname"));
            }
        });
        if (tree.is("CommentStmt") && tree.get("object").is("List")) {
            List<String> parts = tree.get("object").strings("items");
            boolean part = tree.string("objtype").equals("OBJECT_COLUMN");
            relation(Names.of(part ? parts.subList(0, parts.size() - 1) : parts), kind);
        }
        if (tree.is("CreateTrigStmt")) {
            routine(tree.strings("funcname"));
        }
        if (tree.is("AlterEnumStmt")) {
            enumeration(Names.of(tree.strings("typeName")));
        }
        if (tree.is("DropStmt")) {
            tree.list("objects").stream().filter(object -> object.is("List"))
                    .forEach(object -> relation(Names.of(object.strings("items")), kind));
        }
    }

    /** What the statement says that it is about; null for an index, which lives in a table. */
    private Kind kind() {
        if (tree.is("RefreshMatViewStmt")) {
            return Kind.MATERIALIZED_VIEW;
        }
        if (tree.is("AlterSeqStmt")) {
            return Kind.SEQUENCE;
        }
        String object = tree.string("removeType") + tree.string("renameType") + tree.string("objtype");
        return switch (object) {
            case "OBJECT_VIEW" -> Kind.VIEW;
            case "OBJECT_MATVIEW" -> Kind.MATERIALIZED_VIEW;
            case "OBJECT_SEQUENCE" -> Kind.SEQUENCE;
            case "OBJECT_FOREIGN_TABLE" -> Kind.FOREIGN_TABLE;
            case "OBJECT_INDEX" -> null;
            default -> Kind.TABLE;
        };
    }

    private Set<RelationName> madeHere() {
        SyntaxNode made = switch (tree.type()) {
            case "CreateStmt" -> tree.get("relation");
            case "CreateForeignTableStmt" -> tree.get("base").get("relation");
            case "ViewStmt" -> tree.get("view");
            case "CreateSeqStmt" -> tree.get("sequence");
            case "CreateTableAsStmt" -> tree.get("into").get("rel");
            case "CompositeTypeStmt" -> tree.get("typevar");
            default -> tree.get("");
        };
        return made.isMissing() ? Set.of() : Set.of(Names.of(made));
    }

    private void schema(String name) {
        if (!catalog.schemas().contains(name)) {
            catalog = catalog.withSchema(name);
        }
    }

    private void relation(RelationName name, Kind kind) {
        boolean system = name.schema().equals("pg_catalog") || name.schema().equals("information_schema")
                || name.name().startsWith("pg_");
        boolean typeOrRoutine = tree.is("DropStmt") && !tree.string("removeType").matches(
                "OBJECT_(TABLE|VIEW|MATVIEW|SEQUENCE|FOREIGN_TABLE|INDEX)");
        if (system || typeOrRoutine || catalog.taken(name)) {
            return;
        }
        if (kind == null) {
            RelationName owner = RelationName.of(name.schema(), "table of " + name.name());
            catalog = catalog.with(inUse(owner, Kind.TABLE).withIndex(index(owner, name.name(), Optional.empty())));
        } else {
            catalog = catalog.with(inUse(name, kind));
        }
    }

    private Relation inUse(RelationName name, Kind kind) {
        Relation made = Relation.created(name, kind, List.of()).inUse();
        boolean getsKey = tree.nodes().anyMatch(node -> node.string("contype").equals("CONSTR_PRIMARY"));
        if (kind != Kind.TABLE || getsKey) {
            return made;
        }
        String key = name.name() + "_pkey";
        return made.withColumn(Column.of("id", AssumedColumns.INTEGER).withNotNull(true))
                .withIndex(index(name, key, Optional.of(key)))
                .withConstraint(
                        new Constraint(key, Constraint.Type.PRIMARY_KEY, List.of("id"), "PRIMARY KEY (id)", true,
                                Optional.of(key), Optional.empty(), List.of(), Optional.empty()));
    }

    static Index index(RelationName table, String name, Optional<String> constraint) {
        String definition = "CREATE INDEX " + Identifier.quote(name) + " ON " + table.quoted() + " (id)";
        return new Index(name, definition, List.of("id"), List.of("id"), constraint.isPresent(), true, constraint,
                false, false,
                false, false, Optional.empty(), Optional.empty());
    }

    private void typeName(List<String> names) {
        String name = names.get(names.size() - 1);
        boolean known = names.size() == 1
                ? SERIAL.contains(name) || catalog.types().containsKey(RelationName.of("pg_catalog", name))
                        || catalog.types().containsKey(Names.of(names))
                : names.get(0).equals("pg_catalog") || catalog.types().containsKey(Names.of(names));
        if (!known) {
            RelationName missing = Names.of(names);
            catalog = catalog.with(new Type(missing, missing.quoted(), Type.Kind.BASE, "U"));
        }
    }

    private void enumeration(RelationName name) {
        if (!catalog.types().containsKey(name)) {
            List<String> labels = Stream.of("oldVal", "newValNeighbor").filter(tree::has).map(tree::string).distinct()
                    .toList();
            catalog = catalog.with(new Type(name, name.quoted(), Type.Kind.ENUM, "E", false, labels));
        }
    }

    private void routine(List<String> names) {
        String name = names.get(names.size() - 1);
        boolean known = names.size() == 1
                ? catalog.symbols().builtinFunctions().containsKey(name)
                : names.get(0).equals("pg_catalog");
        if (!known && catalog.routinesNamed(Names.of(names)).isEmpty()) {
            catalog = catalog.with(new Routine(Names.of(names), Routine.Kind.FUNCTION, List.of(),
                    Optional.empty(), Volatility.VOLATILE, "", Optional.empty(), false, false,
                    Optional.empty()));
        }
    }
}
