package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.LockMode;
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
        Column column = subject.column(table, subject.node().string("name"));
        if (column.notNull()) {
            return Sequence.nothing(subject.catalog(), table.name() + "." + column.name() + " is NOT NULL already");
        }
        Catalog after = subject.catalog().with(table.changeColumn(column.name(), c -> c.withNotNull(true)));
        if (table.created()) {
            return Sequence.of(after, FreshTable.asWritten(subject, table));
        }
        return rewrite(subject, table, column, after);
    }

    private static Sequence rewrite(Subject subject, Relation table, Column column, Catalog after) {
        boolean unfilled = column.filled().isPresent() && column.defaultExpression().isEmpty();
        if (unfilled) {
            throw new RefusedStatement("not-null-without-values",
                    "column " + table.name() + "." + column.name()
                            + " is added by this release without a default: its existing rows are NULL",
                    "The proof would fail after the old version is gone.",
                    "Give the column a default, or fill it and set NOT NULL in a later release.");
        }
        Stage stage = Stage.latest(subject.release().tighten(), column.filled().orElse(Stage.EXPAND));
        if (provenAlready(table, column)) {
            return Sequence.of(after, Draft.ddl(stage, "set-not-null-" + table.name().name() + "-" + column.name(),
                    "Make " + table.name() + "." + column.name() + " NOT NULL; its CHECK proves it",
                    List.of("ALTER TABLE " + table.name().quoted() + " ALTER COLUMN " + quote(column.name())
                            + " SET NOT NULL"),
                    Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                    .undoneBy("ALTER TABLE " + table.name().quoted() + " ALTER COLUMN " + quote(column.name())
                            + " DROP NOT NULL")
                    .validatedBy(Probe.notNull(table.name(), column.name())));
        }
        NotNullProof proof = NotNullProof.of(table.name(), column.name(), subject.release().name());
        return new Sequence(proof.establish(stage), List.of(),
                List.of(new Tolerance(Tolerance.Side.NEW_WRITERS,
                        "must give " + table.name() + "." + column.name() + " a value")),
                List.of(), after);
    }

    private static boolean provenAlready(Relation table, Column column) {
        return table.constraints().stream()
                .anyMatch(check -> check.type() == Constraint.Type.CHECK && check.validated()
                        && check.since().isEmpty() && check.columns().equals(List.of(column.name()))
                        && check.definition().matches("CHECK \\(\\(\\S+ IS NOT NULL\\)\\)"));
    }
}
