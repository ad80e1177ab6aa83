package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** DROP NOT NULL: a catalog update, but old readers may meet NULLs from then on. */
final class DropNotNull implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_DropNotNull");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        return drop(subject, subject.table(), subject.node().string("name"));
    }

    /** Also by the name of the constraint (18). */
    static Sequence drop(Subject subject, Relation table, String name) {
        Column column = subject.column(table, name);
        if (!column.notNull() && column.notNullConstraint().isEmpty()) {
            return Sequence.nothing(subject.catalog(), table.name() + "." + column.name() + " is nullable already");
        }
        if (column.generation().identity() || isKey(table, column)) {
            throw new RefusedStatement("key-member",
                    "column " + table.name() + "." + column.name() + " is part of a key or an identity column",
                    "PostgreSQL needs it to be NOT NULL.", "Drop the key or the identity first, in a release before.");
        }
        Catalog after = subject.catalog().with(table.changeColumn(column.name(), c -> c.withNotNull(false)));
        if (table.created()) {
            return Sequence.of(after, FreshTable.asWritten(subject, table));
        }
        return Sequence.of(after, relax(subject, table, column))
                .withTolerance(Tolerance.Side.OLD_VERSION,
                        "may read NULL from " + table.name() + "." + column.name()
                                + " once the new version writes it");
    }

    static Draft relax(Subject subject, Relation table, Column column) {
        NotNullProof again = NotNullProof.of(subject, table, column.name(), column.notNullConstraint());
        return Draft.ddl(Stage.EXPAND, "drop-not-null-" + table.name().name() + "-" + column.name(),
                "Let " + table.name() + "." + column.name() + " be NULL",
                List.of("ALTER TABLE " + table.name().quoted() + " ALTER COLUMN " + quote(column.name())
                        + " DROP NOT NULL"),
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undone(true, "fails where rows without a value were written since: fill them first",
                        again.again().toArray(Action[]::new))
                .validatedBy(Probe.nullable(table.name(), column.name()));
    }

    private static boolean isKey(Relation table, Column column) {
        boolean identityIndex = table.indexes().stream()
                .anyMatch(index -> index.replicaIdentity() && index.mentions().contains(column.name()));
        return identityIndex || table.constraintsOn(column.name())
                .anyMatch(constraint -> constraint.type() == Constraint.Type.PRIMARY_KEY);
    }
}
