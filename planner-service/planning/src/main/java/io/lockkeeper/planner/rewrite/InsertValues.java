package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** INSERT of a few rows of constants: reference data. It runs once, in the transaction of its ledger row. */
final class InsertValues implements Rewrite {

    private static final int MOST_ROWS = 100;

    @Override
    public Set<String> takes() {
        return Set.of("InsertStmt");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        SyntaxNode node = subject.node();
        RelationName name = Subject.name(node.get("relation"));
        List<SyntaxNode> rows = node.get("selectStmt").list("valuesLists");
        boolean simple = !rows.isEmpty() && rows.size() <= MOST_ROWS && !node.has("withClause")
                && !node.has("onConflictClause") && !node.has("returningList") && !node.has("returningClause")
                && node.has("cols") && rows.stream().flatMap(row -> row.items().stream())
                        .allMatch(InsertValues::constant);
        if (!simple) {
            throw new RefusedStatement("data-change",
                    "INSERT INTO " + name + " is more than VALUES of up to " + MOST_ROWS
                            + " rows of constants for named columns",
                    "Rows that a query finds, conflicts and volatile functions make it run long or differently a"
                            + " second time.",
                    "Name the columns, write out the rows, or let the application load them.");
        }
        Relation table = subject.table(name);
        node.list("cols").forEach(column -> subject.column(table, column.string("name")));
        Draft insert = Draft.ddl(Stage.EXPAND, "insert-" + name.name(),
                "Insert " + rows.size() + " row(s) into " + name,
                List.of(subject.text().whole()), Draft.lock(name, LockMode.ROW_EXCLUSIVE));
        return Sequence.of(subject.catalog(), table.created()
                ? insert.undoneByNothing("the table itself is dropped")
                : insert.undone(false, "the rows stay: somebody may use them by now"))
                .withTolerance(Tolerance.Side.OLD_VERSION, "reads the new rows of " + name);
    }

    private static boolean constant(SyntaxNode value) {
        return value.is("A_Const") || value.is("SetToDefault")
                || value.is("TypeCast") && value.get("arg").is("A_Const");
    }
}
