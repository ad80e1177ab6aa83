package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * INSERT. Rows that stand in the file are reference data: once, in the transaction of their ledger row. Those of a query
 * are {@link InsertSelect}'s.
 */
final class InsertRows implements Rewrite {

    private static final int MOST_ROWS = 1000;

    @Override
    public Set<String> takes() {
        return Set.of("InsertStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        if (!node.get("selectStmt").has("valuesLists")) {
            return InsertSelect.rewrite(subject);
        }
        RowChange change = new RowChange(subject, "INSERT");
        Relation table = change.target();
        List<SyntaxNode> rows = node.get("selectStmt").list("valuesLists");
        boolean queried = rows.stream().flatMap(SyntaxNode::typedNodes).anyMatch(value -> value.is("SubLink"));
        if (rows.size() > MOST_ROWS || queried || node.has("withClause") || !node.has("cols")) {
            throw new RefusedStatement("data-change",
                    "INSERT INTO " + table.name() + " is more than VALUES of up to " + MOST_ROWS
                            + " rows for named columns",
                    "What a query finds, or what a new column would be given, is not what was reviewed.",
                    "Name the columns, write out the values, and spread many rows over several statements.");
        }
        node.list("cols").forEach(column -> subject.column(table, column.string("name")));
        Draft insert = Draft.of(ConflictTarget.require(subject, table), "insert-" + table.name().name(),
                "Insert " + rows.size() + " row(s) into " + table.name(),
                new Action.Ddl(List.of(subject.text().whole()))).withLocks(change.locks());
        return Sequence.of(subject.catalog(), table.created()
                ? insert.undoneByNothing("the table itself is dropped")
                : insert.undone(false, "the rows stay: somebody may use them by now"))
                .withTolerance(Tolerance.Side.OLD_VERSION, "reads the new rows of " + table.name());
    }
}
