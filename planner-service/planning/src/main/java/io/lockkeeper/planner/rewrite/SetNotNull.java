package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** SET NOT NULL by a validated CHECK; as written it scans the table under ACCESS EXCLUSIVE. */
final class SetNotNull implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_SetNotNull");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.tree();
        Column column = subject.settled(table, subject.node().string("name"));
        if (column.notNull()) {
            return Sequence.nothing(subject.catalog(), table.name() + "." + column.name() + " is NOT NULL already");
        }
        if (table.created()) {
            return Sequence.of(subject.catalog().with(table.changeColumn(column.name(), c -> c.withNotNull(true))),
                    FreshTable.asWritten(subject, table));
        }
        return establish(subject, table, column);
    }

    /** Also for the columns of a primary key. */
    static Sequence establish(Subject subject, Relation table, Column column) {
        boolean empty = column.filled().equals(Optional.of(Stage.EXPAND));
        boolean leftOut = column.filled().isPresent() && column.change().isEmpty()
                && column.defaultExpression().isEmpty() && subject.release().oldVersion();
        if (empty || leftOut) {
            throw new RefusedStatement("not-null-without-values",
                    "column " + table.name() + "." + column.name() + " is added by this release, and "
                            + (empty ? "its existing rows are NULL" : "rows that the old version writes are NULL"),
                    "The proof would fail after the old version is gone.",
                    "Add the column with its default in one statement: ADD COLUMN … DEFAULT …; or fill it and set NOT"
                            + " NULL in a later release.");
        }
        Stage stage = Stage.latest(subject.release().tighten(), column.filled().orElse(Stage.EXPAND));
        NotNullProof proof = NotNullProof.of(subject, table, column.name(), column.notNullConstraint());
        Catalog after = subject.catalog().with(table.changeColumn(column.name(), proof::established));
        return new Sequence(steps(table, column, proof, stage), List.of(),
                List.of(new Tolerance(Tolerance.Side.NEW_WRITERS,
                        "must give " + table.name() + "." + column.name() + " a value")),
                List.of(), after);
    }

    private static List<Draft> steps(Relation table, Column column, NotNullProof proof, Stage stage) {
        if (column.notNullConstraint().isPresent()) {
            return List.of(proof.validate(stage));
        }
        return provenAlready(table, column) ? List.of(proof.believed(stage)) : proof.establish(stage);
    }

    private static boolean provenAlready(Relation table, Column column) {
        return table.constraints().stream()
                .anyMatch(check -> check.type() == Constraint.Type.CHECK && check.validated()
                        && check.since().isEmpty() && check.columns().equals(List.of(column.name()))
                        && check.definition().matches("CHECK \\(\\(\\S+ IS NOT NULL\\)\\)"));
    }
}
