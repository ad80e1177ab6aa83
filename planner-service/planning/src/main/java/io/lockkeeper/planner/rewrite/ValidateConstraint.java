package io.lockkeeper.planner.rewrite;

import java.util.Set;

import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** VALIDATE CONSTRAINT: already the safe half; it becomes a step of its own, which may take hours. */
final class ValidateConstraint implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_ValidateConstraint");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.tree();
        String name = subject.node().string("name");
        Constraint constraint = table.constraint(name).orElseThrow(() -> new RefusedStatement("no-such-constraint",
                "constraint " + name + " of " + table.name() + " does not exist", "", "Check the name."));
        if (constraint.validated()) {
            return Sequence.nothing(subject.catalog(), "constraint " + name + " of " + table.name() + " is valid");
        }
        Constraint valid = new Constraint(name, constraint.type(), constraint.columns(),
                constraint.definition().replaceFirst(" NOT VALID$", ""), true, constraint.index(),
                constraint.references(), constraint.referencedColumns(), constraint.since());
        Catalog after = subject.catalog().with(table.withoutConstraint(name).withConstraint(valid));
        Stage stage = Stage.latest(Stage.MIGRATE, constraint.since().orElse(Stage.MIGRATE));
        return Sequence.of(after, AddCheck.validate(stage, table, constraint));
    }
}
