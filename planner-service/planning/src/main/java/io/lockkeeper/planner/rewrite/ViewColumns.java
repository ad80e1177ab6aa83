package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.RefusedStatement;

/** What a view's query says of its columns, and of those that it uses. */
final class ViewColumns {

    /** PostgreSQL alone resolves the types of a query. */
    private static final ColumnType UNRESOLVED = new ColumnType(RelationName.of("pg_catalog", "unknown"), "unknown");

    private ViewColumns() {}

    /**
     * Its columns by name; an empty name stands for one that PostgreSQL chooses, {@code *} for any number of columns.
     *
     * @param aliases names in parentheses behind the view's; empty where there are none
     */
    static List<Column> of(Catalog catalog, SyntaxNode query, List<String> aliases) {
        List<String> names = new ArrayList<>();
        SyntaxNode select = query;
        while (select.has("larg")) {
            select = select.get("larg");
        }
        List<SyntaxNode> from = select.list("fromClause");
        for (SyntaxNode target : select.list("targetList")) {
            boolean star = target.get("val").is("ColumnRef")
                    && target.get("val").list("fields").stream().anyMatch(field -> field.is("A_Star"));
            if (!star) {
                String derived = target.has("name") ? target.string("name") : CreateIndex.partName(target.get("val"));
                names.add(derived.equals("expr") ? "" : derived);
            } else if (from.size() == 1 && from.get(0).is("RangeVar")
                    && catalog.relation(Subject.name(from.get(0))).isPresent()) {
                catalog.relation(Subject.name(from.get(0))).get().columns().forEach(c -> names.add(c.name()));
            } else {
                names.add("*");
            }
        }
        for (int i = 0; i < aliases.size() && i < names.size(); i++) {
            names.set(i, aliases.get(i));
        }
        return names.stream().map(name -> Column.of(name, UNRESOLVED)).toList();
    }

    /** Do the columns begin with those that the view had, as far as can be told? */
    static boolean extend(List<String> before, List<String> now) {
        for (int i = 0; i < before.size(); i++) {
            if (i >= now.size() || !now.get(i).isEmpty() && !now.get(i).equals(before.get(i))) {
                return now.contains("*");
            }
        }
        return true;
    }

    /** The relation with what the view needs of it. */
    static Relation tie(Relation relation, SyntaxNode query, Dependent view) {
        List<String> columns = Expressions.columns(query);
        boolean star = query.typedNodes().anyMatch(n -> n.is("A_Star"));
        Relation tied = relation.withDependent(view);
        for (Column column : relation.columns()) {
            if (star || columns.contains(column.name())) {
                if (column.change().isPresent()) {
                    throw new RefusedStatement("column-in-change",
                            "the view uses column " + relation.name() + "." + column.name()
                                    + ", which this release is still changing: " + column.change().get(),
                            "The view would hold the shape that is to be dropped.",
                            "Create the view in a later release.");
                }
                tied = tied.changeColumn(column.name(), c -> c.withDependent(view));
            }
        }
        return tied;
    }
}
