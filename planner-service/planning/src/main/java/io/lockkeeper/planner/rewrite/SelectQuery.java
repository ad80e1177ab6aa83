package io.lockkeeper.planner.rewrite;

import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.Expressions;

/** SELECT. One that reads does nothing in a migration and is left out; one that calls what may write is not plain. */
final class SelectQuery implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("SelectStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        return subject.node().nodes().allMatch(node -> reads(subject, node))
                ? Sequence.nothing(subject.catalog(), "SELECT changes nothing and nobody reads its rows: left out")
                : OpaqueStatement.run(subject, "SELECT", OpaqueStatement.place(subject),
                        "It calls a VOLATILE function, locks rows or makes a table.");
    }

    private static boolean reads(Subject subject, SyntaxNode node) {
        if (node.has("intoClause")) {
            return false;
        }
        return switch (node.type()) {
            case "LockingClause", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt" -> false;
            case "FuncCall" ->
                Expressions.ofFunction(node.strings("funcname"), subject.catalog()) != Volatility.VOLATILE;
            default -> true;
        };
    }
}
