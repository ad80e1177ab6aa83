package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.Token;
import io.lockkeeper.planner.statement.Tokens;

/**
 * INSERT … SELECT in key ranges of the first table that it selects from: each row of the result comes from one row of
 * that table, so that the ranges share the result out.
 */
final class InsertSelect {

    private InsertSelect() {}

    static Sequence rewrite(Subject subject) {
        RowChange change = new RowChange(subject, "INSERT");
        // Without a list of columns they are the table's, in its order.
        List<String> columns = subject.node().has("cols")
                ? subject.node().list("cols").stream().map(column -> column.string("name")).toList()
                : change.target().columns().stream().map(Column::name).toList();
        columns.forEach(column -> subject.column(change.target(), column));
        ConflictTarget.require(subject, change.target());
        if (subject.node().get("selectStmt").isMissing()) {
            return change.wholeOr(new RefusedStatement("default-values",
                    "INSERT of DEFAULT VALUES into " + change.target().name() + " is not supported", "",
                    "Name a column and write VALUES (DEFAULT)."));
        }
        return change.steps(any -> batches(subject, change), "");
    }

    private static Action.ChangeRows batches(Subject subject, RowChange change) {
        SyntaxNode select = subject.node().get("selectStmt");
        SyntaxNode driver = driver(subject, change, select);
        String alias = KeyRanges.alias(driver);
        change.rules().refuseSelfReading();
        change.rules().refuseWhole(select, alias);
        Relation source = change.table(Subject.name(driver));
        return KeyRanges.cut(subject, source.name(), alias, change.key(source), end(subject));
    }

    /** The leftmost table of the FROM list, which no outer join fills with NULLs. */
    private static SyntaxNode driver(Subject subject, RowChange change, SyntaxNode select) {
        List<SyntaxNode> from = select.list("fromClause");
        SyntaxNode first = from.isEmpty() ? select.get("larg") : from.get(0);
        while (first.is("JoinExpr") && Set.of("JOIN_INNER", "JOIN_LEFT").contains(first.string("jointype"))) {
            first = first.get("larg");
        }
        boolean inParentheses = subject.text().tokens().find("SELECT", 0).isEmpty();
        if (!first.is("RangeVar") || inParentheses || commonTable(subject, first)) {
            throw new RefusedStatement("no-driving-table",
                    "INSERT into " + change.target().name() + " does not select from a table first",
                    "Without a table whose rows give the result one by one it cannot be cut into batches.",
                    "Put the largest table first in FROM, without parentheses around the SELECT.");
        }
        return first;
    }

    private static boolean commonTable(Subject subject, SyntaxNode rangeVar) {
        return !rangeVar.has("schemaname") && subject.node().typedNodes().filter(node -> node.is("CommonTableExpr"))
                .anyMatch(node -> node.string("ctename").equals(rangeVar.string("relname")));
    }

    private static int end(Subject subject) {
        Tokens tokens = subject.text().tokens();
        List<Token> list = tokens.list();
        for (int index = 0; index + 1 < list.size(); index++) {
            if (list.get(index).depth() == 0 && list.get(index).word("ON") && list.get(index + 1).word("CONFLICT")) {
                return index;
            }
        }
        return list.size();
    }
}
