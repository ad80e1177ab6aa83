package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.RefusedStatement;

/** The constraints of a table that the release creates, as the catalog will have them. */
final class NewConstraints {

    private NewConstraints() {}

    /** Those behind a column. */
    static Relation fold(Subject subject, Relation table, ColumnClause clause) {
        Relation changed = table;
        for (SyntaxNode constraint : clause.constraints()) {
            changed = fold(subject, changed, constraint, List.of(clause.name()));
        }
        if (clause.serial()) {
            changed = changed.changeColumn(clause.name(), column -> column.withDefault(Optional.of("nextval")));
        }
        return changed;
    }

    /** A table constraint, or a column's with that column. */
    static Relation fold(Subject subject, Relation table, SyntaxNode node, List<String> column) {
        return switch (node.string("contype")) {
            case "CONSTR_PRIMARY" -> key(table, node, column, Constraint.Type.PRIMARY_KEY, "pkey");
            case "CONSTR_UNIQUE" -> key(table, node, column, Constraint.Type.UNIQUE, "key");
            case "CONSTR_CHECK" -> {
                List<String> columns = Expressions.columns(node.get("raw_expr"));
                yield table.withConstraint(new Constraint(
                        name(table, node, columns.size() == 1 ? columns.get(0) : "", "check"),
                        Constraint.Type.CHECK, columns, "CHECK (…)", true, Optional.empty(), Optional.empty(),
                        List.of(), Optional.empty()));
            }
            case "CONSTR_FOREIGN" -> foreignKey(subject, table, node, column);
            case "CONSTR_EXCLUSION" -> table.withConstraint(new Constraint(name(table, node,
                    Expressions.excluded(node).stream().map(key -> key.isEmpty() ? "expr" : key)
                            .collect(Collectors.joining("_")),
                    "excl"), Constraint.Type.EXCLUDE, List.of(), "EXCLUDE (…)", true, Optional.empty(),
                    Optional.empty(),
                    List.of(), Optional.empty()));
            case "CONSTR_NOTNULL" -> table.changeColumn(node.strings("keys").get(0), c -> c.withNotNull(true));
            // Attributes of the constraint before, such as DEFERRABLE.
            default -> table;
        };
    }

    private static Relation key(Relation table, SyntaxNode node, List<String> column, Constraint.Type type,
            String suffix) {
        List<String> columns = node.has("keys") ? node.strings("keys") : column;
        String name = name(table, node, type == Constraint.Type.PRIMARY_KEY ? "" : String.join("_", columns), suffix);
        Relation changed = table;
        if (type == Constraint.Type.PRIMARY_KEY) {
            for (String key : columns) {
                changed = changed.changeColumn(key, c -> c.withNotNull(true));
            }
        }
        return changed.withConstraint(new Constraint(name, type, columns, "", true, Optional.of(name),
                Optional.empty(), List.of(), Optional.empty()))
                .withIndex(new Index(name, "", columns, columns, true, true, Optional.of(name), false, false, false,
                        false, Optional.empty(), Optional.empty()));
    }

    private static Relation foreignKey(Subject subject, Relation table, SyntaxNode node, List<String> column) {
        List<String> columns = node.has("fk_attrs") ? node.strings("fk_attrs") : column;
        RelationName parentName = Subject.name(node.get("pktable"));
        Relation parent = parentName.equals(table.name()) ? table : subject.table(parentName);
        List<String> referenced = node.has("pk_attrs")
                ? node.strings("pk_attrs")
                : parent.primaryKey().map(Constraint::columns).orElse(List.of());
        for (String name : referenced) {
            Column key = parent.equals(table) ? subject.existingColumn(table, name) : subject.column(parent, name);
            if (key.filled().filter(stage -> stage != Stage.EXPAND).isPresent()) {
                throw new RefusedStatement("column-in-change",
                        "column " + parentName + "." + name + " is not filled before the new table is created", "",
                        "Put the foreign key into a later release.");
            }
        }
        return table.withConstraint(new Constraint(name(table, node, String.join("_", columns), "fkey"),
                Constraint.Type.FOREIGN_KEY, columns, "", true, Optional.empty(), Optional.of(parentName), referenced,
                Optional.empty()));
    }

    private static String name(Relation table, SyntaxNode node, String columns, String suffix) {
        if (node.has("conname")) {
            return node.string("conname");
        }
        String wanted = GeneratedName.conventional(table.name().name(), columns, suffix);
        String candidate = wanted;
        List<String> taken = new ArrayList<>(table.constraints().stream().map(Constraint::name).toList());
        for (int number = 1; taken.contains(candidate); number++) {
            candidate = wanted + number;
        }
        return candidate;
    }
}
