package io.lockkeeper.planner.routine;

import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.grammar.SyntaxNode;

/** Names in INSERT, UPDATE, DELETE and MERGE: those of the target's columns mean the target, whatever else there is. */
final class ChangeNames {

    private final QueryNames queries;
    private final BodyNames names;
    private final Scope scope;

    ChangeNames(QueryNames queries, BodyNames names, Scope scope) {
        this.queries = queries;
        this.names = names;
        this.scope = scope;
    }

    /** @return what RETURNING gives */
    Row read(SyntaxNode node, String type) {
        // What INSERT reads does not see its target.
        SyntaxNode given = node.get("selectStmt");
        Row source = given.isMissing() ? Row.UNKNOWN : queries.query(given, given.type(), scope);
        SyntaxNode relation = node.get("relation");
        Row target = names.table(QueryNames.named(relation));
        scope.add(QueryNames.alias(relation, relation.string("relname")), target);
        switch (type) {
            case "InsertStmt" -> {
                names.found(source.all());
                insert(node, given, target);
            }
            case "MergeStmt" -> {
                queries.from(node.get("sourceRelation"), scope);
                queries.visitAll(node, scope, "joinCondition");
                node.list("mergeWhenClauses").forEach(when -> merge(when, target));
            }
            default -> {
                node.list("fromClause").forEach(item -> queries.from(item, scope));
                node.list("usingClause").forEach(item -> queries.from(item, scope));
                assign(node.list("targetList"), target, scope);
                queries.visitAll(node, scope, "whereClause");
            }
        }
        return returning(node, target);
    }

    private void insert(SyntaxNode node, SyntaxNode given, Row target) {
        assign(node.list("cols"), target, scope);
        if (node.list("cols").isEmpty() && !given.isMissing()) {
            names.found(target.first(width(given)));
        }
        SyntaxNode conflict = node.get("onConflictClause");
        if (!conflict.isMissing()) {
            Scope both = scope.inner();
            both.add("excluded", target);
            for (SyntaxNode key : conflict.get("infer").list("indexElems")) {
                names.found(target.column(key.string("name")));
                queries.visit(key, both);
            }
            queries.visitAll(conflict.get("infer"), both, "whereClause");
            assign(conflict.list("targetList"), target, both);
            queries.visitAll(conflict, both, "whereClause");
        }
    }

    /** How many columns a query gives; where that is not written, all that there are. */
    private static long width(SyntaxNode query) {
        List<SyntaxNode> lines = query.list("valuesLists");
        List<SyntaxNode> values = lines.isEmpty()
                ? query.list("targetList").stream().map(target -> target.get("val")).toList()
                : lines.get(0).items();
        return values.isEmpty() || values.stream().anyMatch(QueryNames::star) ? Long.MAX_VALUE : values.size();
    }

    private void merge(SyntaxNode when, Row target) {
        queries.visitAll(when, scope, "condition", "values");
        assign(when.list("targetList"), target, scope);
        if (when.string("commandType").equals("CMD_INSERT") && when.list("targetList").isEmpty()) {
            names.found(target.first(when.list("values").size()));
        }
    }

    private void assign(List<SyntaxNode> targets, Row row, Scope values) {
        for (SyntaxNode target : targets) {
            names.found(row.column(target.string("name")));
            queries.visitAll(target, values, "val");
        }
    }

    private Row returning(SyntaxNode node, Row target) {
        List<SyntaxNode> targets = new ArrayList<>(node.get("returningClause").list("exprs"));
        targets.addAll(node.list("returningList"));
        Scope after = scope.inner();
        after.add("old", target);
        after.add("new", target);
        return queries.outputs(targets, after, scope);
    }
}
