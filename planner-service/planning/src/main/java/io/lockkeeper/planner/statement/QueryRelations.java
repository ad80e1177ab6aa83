package io.lockkeeper.planner.statement;

import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;

/** The relations that a query names. */
public final class QueryRelations {

    /** Writing statements, at the top or in WITH. */
    private static final Set<String> WRITERS = Set.of("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt");

    private QueryRelations() {}

    /** @param use gets each {@code RangeVar}, and the lock that parsing the query takes on what it means */
    public static void each(SyntaxNode query, BiConsumer<SyntaxNode, LockMode> use) {
        Set<String> common = new HashSet<>();
        query.typedNodes().filter(node -> node.is("CommonTableExpr"))
                .forEach(node -> common.add(node.string("ctename")));
        Set<SyntaxNode> lockedNames = query.typedNodes().filter(node -> node.is("LockingClause"))
                .flatMap(clause -> clause.list("lockedRels").stream()).collect(Collectors.toSet());
        query.typedNodes().filter(node -> !lockedNames.contains(node)).forEach(node -> {
            if (node.is("RangeVar") && !(common.contains(node.string("relname")) && !node.has("schemaname"))) {
                use.accept(node, locked(query, node) ? LockMode.ROW_SHARE : LockMode.ACCESS_SHARE);
            } else if (WRITERS.contains(node.type())) {
                use.accept(node.get("relation"), LockMode.ROW_EXCLUSIVE);
            }
        });
    }

    private static boolean locked(SyntaxNode query, SyntaxNode table) {
        String alias = table.has("alias") ? table.get("alias").string("aliasname") : table.string("relname");
        return query.list("lockingClause").stream().anyMatch(clause -> !clause.has("lockedRels")
                || clause.list("lockedRels").stream().anyMatch(name -> name.string("relname").equals(alias)));
    }
}
