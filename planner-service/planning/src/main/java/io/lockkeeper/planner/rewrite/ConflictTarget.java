package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** ON CONFLICT needs its unique index when it runs: one that the release builds later does not serve. */
final class ConflictTarget {

    private ConflictTarget() {}

    /** The stage from which on its index is there: in migrate at the latest. */
    static Stage require(Subject subject, Relation table) {
        SyntaxNode infer = subject.node().get("onConflictClause").get("infer");
        List<SyntaxNode> elements = infer.list("indexElems");
        if (infer.isMissing() || elements.stream().anyMatch(element -> element.has("expr"))
                || table.created() && table.partition().parent().isPresent()) {
            return Stage.EXPAND;
        }
        Set<String> columns = new TreeSet<>(elements.stream().map(element -> element.string("name")).toList());
        String constraint = infer.string("conname");
        return table.indexes().stream()
                .filter(index -> constraint.isEmpty()
                        ? index.unique() && index.valid() && new TreeSet<>(index.keys()).equals(columns)
                                && (!index.computed() || infer.has("whereClause"))
                        : index.constraint().equals(Optional.of(constraint)))
                .map(index -> index.since().orElse(Stage.EXPAND)).min(Stage::compareTo)
                .filter(since -> since.compareTo(Stage.MIGRATE) <= 0)
                .orElseThrow(() -> new RefusedStatement("no-unique-key",
                        table.name() + " has no "
                                + (constraint.isEmpty()
                                        ? "unique index on (" + String.join(", ", columns) + ")"
                                        : "constraint " + constraint + " with an index")
                                + " when its rows are inserted",
                        "PostgreSQL would refuse the ON CONFLICT clause.",
                        table.created()
                                ? "Give it the key in CREATE TABLE."
                                : "Add the unique constraint in an earlier release."));
    }
}
