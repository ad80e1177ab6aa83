package io.lockkeeper.planner.report;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Relation.Kind;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Type;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.Names;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.SourceStatement;
import io.lockkeeper.planner.statement.TypeNames;

/**
 * Without a server, what a statement names is taken to exist: tables as ordinary ones with a primary key {@code id},
 * columns as text, or as something that a new type can be made from. So the planner can show what it would do; with a
 * target it knows.
 */
final class Assumption {

    private static final ColumnType TEXT = builtin("text", "text");
    private static final ColumnType VARCHAR = builtin("varchar", "character varying");
    private static final ColumnType INTEGER = builtin("int4", "integer");
    /** What a column may have been before its type changes, most likely first. */
    private static final List<ColumnType> FORMER = List.of(INTEGER, builtin("date", "date"),
            builtin("json", "json"), TEXT);
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
                AssumedPartitions.complete(statement.tree(), catalog, TEXT));
        assumption.objects();
        assumption.columns();
        return AssumedParts.complete(statement.tree(), assumption.catalog, TEXT);
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
            RelationName named = Names.of(part ? parts.subList(0, parts.size() - 1) : parts);
            relation(named, kind);
            if (part) {
                column(named, parts.get(parts.size() - 1), TEXT);
            }
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
        return made.withColumn(Column.of("id", INTEGER).withNotNull(true))
                .withIndex(index(name, key, Optional.of(key)))
                .withConstraint(
                        new Constraint(key, Constraint.Type.PRIMARY_KEY, List.of("id"), "PRIMARY KEY (id)", true,
                                Optional.of(key), Optional.empty(), List.of(), Optional.empty()));
    }

    private static Index index(RelationName table, String name, Optional<String> constraint) {
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

    private void columns() {
        switch (tree.type()) {
            case "AlterTableStmt" -> tree.list("cmds").forEach(command -> command(table(), command));
            case "IndexStmt" -> mentioned(table(), tree);
            case "CreateTrigStmt" -> {
                tree.strings("columns").forEach(name -> column(table(), name, TEXT));
                tree.get("whenClause").typedNodes().filter(ref -> ref.is("ColumnRef"))
                        .map(ref -> ref.strings("fields")).filter(fields -> fields.size() == 2)
                        .forEach(fields -> column(table(), fields.get(1), TEXT));
            }
            case "UpdateStmt" -> tree.list("targetList").forEach(set -> column(table(), set.string("name"), TEXT));
            case "InsertStmt" -> tree.list("cols").forEach(set -> column(table(), set.string("name"), TEXT));
            case "RenameStmt" -> {
                switch (tree.string("renameType")) {
                    case "OBJECT_COLUMN" -> column(table(), tree.string("subname"), TEXT);
                    case "OBJECT_TABCONSTRAINT" -> constraint(table(), tree.string("subname"));
                    default -> {
                        // It renames no part of a table.
                    }
                }
            }
            default -> {
                // It names no column that the planner looks up.
            }
        }
        tree.nodes().filter(node -> node.is("Constraint") && node.has("pktable"))
                .forEach(key -> key.strings("pk_attrs").forEach(name -> column(Names.of(key.get("pktable")), name,
                        TEXT)));
    }

    private RelationName table() {
        return Names.of(tree.get("relation"));
    }

    private void command(RelationName table, SyntaxNode command) {
        String name = command.string("name");
        switch (command.string("subtype")) {
            case "AT_AddIdentity" -> change(table, relation -> relation.column(name).isPresent()
                    ? relation
                    : relation.withColumn(Column.of(name, INTEGER).withNotNull(true)));
            case "AT_ClusterOn" -> change(table, relation -> relation.index(name).isPresent()
                    ? relation
                    : relation.withIndex(index(table, name, Optional.empty())));
            case "AT_AlterColumnType" -> column(table, name, former(command.get("def").get("typeName")));
            case "AT_ColumnDefault", "AT_SetNotNull", "AT_DropNotNull", "AT_DropColumn", "AT_SetStatistics",
                    "AT_SetStorage", "AT_SetOptions", "AT_SetCompression", "AT_SetIdentity",
                    "AT_DropIdentity", "AT_SetExpression", "AT_DropExpression" ->
                column(table, name, TEXT);
            case "AT_DropConstraint", "AT_ValidateConstraint", "AT_AlterConstraint" -> constraint(table, name);
            case "AT_AddConstraint" -> mentioned(table, command);
            default -> {
                // It names no column that is there already.
            }
        }
    }

    /** Columns in the keys and expressions of an index or a constraint. */
    private void mentioned(RelationName table, SyntaxNode node) {
        node.nodes().forEach(below -> {
            if (below.is("IndexElem") && below.has("name")) {
                column(table, below.string("name"), TEXT);
            } else if (below.is("ColumnRef") && below.strings("fields").size() == 1) {
                column(table, below.strings("fields").get(0), TEXT);
            }
            below.strings("keys").forEach(name -> column(table, name, TEXT));
            below.strings("fk_attrs").forEach(name -> column(table, name, TEXT));
        });
    }

    private ColumnType former(SyntaxNode typeName) {
        try {
            ColumnType wanted = TypeNames.columnType(typeName, catalog);
            if (wanted.equals(TEXT) || wanted.equals(VARCHAR)) {
                return INTEGER; // without a cast of its own, by way of its text
            }
            return FORMER.stream().filter(type -> !type.base().equals(wanted.base())
                    && catalog.cast(type.base(), wanted.base()).isPresent()).findFirst().orElse(TEXT);
        } catch (RefusedStatement e) {
            return TEXT; // The rewrite will say what is wrong with the type.
        }
    }

    private void column(RelationName table, String name, ColumnType type) {
        change(table, relation -> relation.column(name).isPresent()
                ? relation
                : relation.withColumn(Column.of(name, type)));
    }

    private void constraint(RelationName table, String name) {
        change(table, relation -> relation.constraint(name).isPresent()
                ? relation
                : relation.withConstraint(new Constraint(name, Constraint.Type.CHECK, List.of(), "CHECK (true)", false,
                        Optional.empty(), Optional.empty(), List.of(), Optional.empty())));
    }

    private void change(RelationName table, UnaryOperator<Relation> change) {
        catalog.relation(table).ifPresent(relation -> catalog = catalog.with(change.apply(relation)));
    }

    private static ColumnType builtin(String name, String sql) {
        return new ColumnType(RelationName.of("pg_catalog", name), sql);
    }
}
