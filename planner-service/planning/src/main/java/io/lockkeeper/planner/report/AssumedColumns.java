package io.lockkeeper.planner.report;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Names;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.TypeNames;

/** Columns, keys and constraints that a statement names, of tables that nobody has looked at. */
final class AssumedColumns {

    static final ColumnType TEXT = builtin("text", "text");
    static final ColumnType INTEGER = builtin("int4", "integer");
    private static final ColumnType VARCHAR = builtin("varchar", "character varying");
    /** What a column may have been before its type changes, most likely first. */
    private static final List<ColumnType> FORMER = List.of(INTEGER, builtin("date", "date"),
            builtin("json", "json"), TEXT);

    private final SyntaxNode tree;
    private Catalog catalog;

    private AssumedColumns(SyntaxNode tree, Catalog catalog) {
        this.tree = tree;
        this.catalog = catalog;
    }

    static Catalog complete(SyntaxNode tree, Catalog catalog) {
        AssumedColumns assumed = new AssumedColumns(tree, catalog);
        assumed.columns();
        return assumed.catalog;
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
            case "InsertStmt" -> {
                tree.list("cols").forEach(set -> column(table(), set.string("name"), TEXT));
                arbiter(tree.get("onConflictClause").get("infer"));
            }
            case "CommentStmt" -> commented();
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
                .forEach(key -> unique(Names.of(key.get("pktable")), key.strings("pk_attrs"), ""));
    }

    private void commented() {
        List<String> parts = tree.get("object").strings("items");
        if (tree.string("objtype").equals("OBJECT_COLUMN") && parts.size() > 1) {
            column(Names.of(parts.subList(0, parts.size() - 1)), parts.get(parts.size() - 1), TEXT);
        }
    }

    /** The unique index that ON CONFLICT goes by. */
    private void arbiter(SyntaxNode infer) {
        List<String> columns = infer.list("indexElems").stream().map(element -> element.string("name"))
                .filter(name -> !name.isEmpty()).toList();
        if (!infer.isMissing()) {
            unique(table(), columns, infer.string("conname"));
        }
    }

    /** What a foreign key or ON CONFLICT names is unique; for a table that the release itself makes, the planner knows. */
    private void unique(RelationName table, List<String> columns, String constraint) {
        columns.forEach(name -> column(table, name, TEXT));
        change(table, relation -> {
            boolean known = relation.created() || columns.isEmpty() && constraint.isEmpty()
                    || relation.indexes().stream().anyMatch(index -> constraint.isEmpty()
                            ? index.unique() && Set.copyOf(index.keys()).equals(Set.copyOf(columns))
                            : index.constraint().equals(Optional.of(constraint)));
            String name = constraint.isEmpty() ? "unique on " + String.join(", ", columns) : constraint;
            return known
                    ? relation
                    : relation.withIndex(new Index(name, "CREATE UNIQUE INDEX " + Identifier.quote(name) + " ON "
                            + table.quoted() + " ("
                            + columns.stream().map(Identifier::quote).collect(Collectors.joining(", ")) + ")",
                            columns, columns, true, true,
                            Optional.of(constraint).filter(given -> !given.isEmpty()), false, false, false, false,
                            Optional.empty(), Optional.empty()));
        });
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
                    : relation.withIndex(Assumption.index(table, name, Optional.empty())));
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
