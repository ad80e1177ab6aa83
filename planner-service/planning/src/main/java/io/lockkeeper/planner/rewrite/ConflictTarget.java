package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** ON CONFLICT needs its unique index when it runs: one that the release builds later does not serve. */
final class ConflictTarget {

    private ConflictTarget() {}

    static void require(Subject subject, Relation table) {
        SyntaxNode infer = subject.node().get("onConflictClause").get("infer");
        List<SyntaxNode> elements = infer.list("indexElems");
        if (elements.isEmpty() || elements.stream().anyMatch(element -> element.has("expr")) || table.created()) {
            return;
        }
        Set<String> columns = new TreeSet<>(elements.stream().map(element -> element.string("name")).toList());
        boolean ready = table.indexes().stream().filter(index -> index.unique() && index.valid()
                && new TreeSet<>(index.keys()).equals(columns)).anyMatch(ConflictTarget::early);
        if (!ready) {
            throw new RefusedStatement("no-unique-key",
                    table.name() + " has no unique index on (" + String.join(", ", columns)
                            + ") when its rows are inserted",
                    "PostgreSQL would refuse the ON CONFLICT clause.",
                    "Add the unique constraint in an earlier release.");
        }
    }

    private static boolean early(Index index) {
        return index.since().map(stage -> stage.compareTo(Stage.MIGRATE) <= 0).orElse(true);
    }
}
