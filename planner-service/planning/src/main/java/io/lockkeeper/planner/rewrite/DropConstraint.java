package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/** DROP CONSTRAINT: a catalog update; a foreign key's takes ACCESS EXCLUSIVE on both tables. */
final class DropConstraint implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_DropConstraint");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.table();
        subject.refuseCascade(subject.node());
        String name = subject.node().string("name");
        Optional<Constraint> found = table.constraint(name);
        Optional<Column> notNull = table.columns().stream()
                .filter(column -> column.notNullConstraint().equals(Optional.of(name))).findFirst();
        if (found.isEmpty() && notNull.isEmpty() && subject.node().flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "constraint " + name + " of " + table.name() + " is not there");
        }
        if (found.isEmpty() && notNull.isPresent()) {
            return DropNotNull.drop(subject, table, notNull.get().name());
        }
        Constraint constraint = found.orElseThrow(() -> new RefusedStatement("no-such-constraint",
                "constraint " + name + " of " + table.name() + " does not exist", "", "Check the name."));
        refuseNeeded(subject, table, constraint);
        Catalog after = subject.catalog().with(table.withoutConstraint(name));
        if (table.created()) {
            return Sequence.of(after, FreshTable.asWritten(subject, table));
        }
        constraint.since().ifPresent(since -> {
            throw new RefusedStatement("constraint-in-change",
                    "constraint " + name + " of " + table.name() + " is added by this very release", "",
                    "Leave out both statements.");
        });
        if (constraint.key()) {
            // An INSERT … ON CONFLICT of the old version needs the unique index; new code meets the constraint till then.
            return Sequence.of(after, drop(subject.release().tighten(), table, constraint))
                    .withTolerance(Tolerance.Side.NEW_WRITERS, "still meets " + name + " of " + table.name()
                            + " until the old version is gone");
        }
        return Sequence.of(after, drop(Stage.EXPAND, table, constraint));
    }

    private static Draft drop(Stage stage, Relation table, Constraint constraint) {
        Draft drop = Draft.ddl(stage, "drop-constraint-" + table.name().name() + "-" + constraint.name(),
                "Drop constraint " + constraint.name() + " of " + table.name(),
                List.of("ALTER TABLE " + table.name().quoted() + " DROP CONSTRAINT " + quote(constraint.name())))
                .withLocks(locks(table, constraint))
                .validatedBy(Probe.constraintAbsent(table.name(), constraint.name()));
        return constraint.type() == Constraint.Type.EXCLUDE
                ? drop.undone(false, "adding it again builds its index under ACCESS EXCLUSIVE")
                : drop.undone(true, "fails where rows that violate it were written since",
                        again(table, constraint).toArray(Action[]::new));
    }

    static List<Step.LockClaim> locks(Relation table, Constraint constraint) {
        return constraint.references().filter(parent -> !parent.equals(table.name()))
                .map(parent -> List.of(Draft.lock(parent, LockMode.ACCESS_EXCLUSIVE),
                        Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE)))
                .orElse(List.of(Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE)));
    }

    private static List<Action> again(Relation table, Constraint constraint) {
        String add = "ALTER TABLE " + table.name().quoted() + " ADD CONSTRAINT " + quote(constraint.name());
        Optional<Index> backing = constraint.index().filter(ignored -> constraint.key()).flatMap(table::index);
        if (backing.isPresent()) {
            RelationName index = RelationName.of(table.name().schema(), backing.get().name());
            String deferrable = constraint.definition().contains(" DEFERRABLE")
                    ? constraint.definition().substring(constraint.definition().indexOf(" DEFERRABLE"))
                    : "";
            return List.of(
                    new Action.CreateIndex(table.name(), index, DropIndex.concurrently(backing.get().definition())),
                    new Action.Ddl(
                            List.of(add + " UNIQUE USING INDEX " + Identifier.quote(index.name()) + deferrable)));
        }
        String definition = constraint.definition().replaceFirst(" NOT VALID$", "");
        Action ask = new Action.Ddl(List.of(add + " " + definition + " NOT VALID"));
        return constraint.validated()
                ? List.of(ask, new Action.ValidateConstraint(table.name(), constraint.name()))
                : List.of(ask);
    }

    private static void refuseNeeded(Subject subject, Relation table, Constraint constraint) {
        switch (constraint.type()) {
            case PRIMARY_KEY -> throw new RefusedStatement("primary-key",
                    "dropping the primary key of " + table.name() + " is not supported",
                    "Logical replication, upserts and foreign keys rely on it.",
                    "Keep it, or change the key in a release that does nothing else, by hand.");
            case EXCLUDE -> {
                // Nothing else needs it; it cannot be added again beside the traffic.
            }
            case TRIGGER -> throw new RefusedStatement("unsupported-statement",
                    "dropping constraint " + constraint.name() + " of " + table.name() + " is not supported", "",
                    "Drop the trigger that it belongs to.");
            case UNIQUE -> {
                boolean identity = constraint.index().flatMap(table::index).filter(Index::replicaIdentity)
                        .isPresent();
                boolean referenced = subject.catalog().foreignKeysTo(table.name())
                        .anyMatch(key -> Set.copyOf(key.constraint().referencedColumns())
                                .equals(Set.copyOf(constraint.columns())));
                if (identity || referenced) {
                    throw new RefusedStatement("constraint-needed",
                            "constraint " + constraint.name() + " of " + table.name()
                                    + " is needed by a foreign key or is the replica identity",
                            "PostgreSQL would refuse, or change streams would break.",
                            "Drop what needs it first.");
                }
            }
            case CHECK, FOREIGN_KEY -> {
                // Nothing else needs these.
            }
        }
    }
}
