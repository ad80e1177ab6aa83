package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

/**
 * DROP COLUMN in two locks: first its name is taken away, which shows a forgotten user and can be given back at once;
 * after the revert window the column goes.
 */
final class DropColumn implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_DropColumn");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.tree();
        subject.refuseCascade(subject.node());
        String name = subject.node().string("name");
        if (table.column(name).isEmpty() && subject.node().flag("missing_ok")) {
            return Sequence.nothing(subject.catalog(), "column " + table.name() + "." + name + " is not there");
        }
        Column column = subject.column(table, name);
        ShadowColumn.requireNoDependents(table, column, "kept without it");
        for (Relation partition : subject.catalog().descendants(table.name())) {
            ShadowColumn.requireNoDependents(partition, subject.column(partition, name), "kept without it");
        }
        refuseNeeded(subject, table, column);
        Relation without = table.withoutColumn(name);
        if (table.created()) {
            return Sequence.of(subject.catalog().with(without), FreshTable.asWritten(subject, table));
        }
        RoutineMentions.refuseInTriggers(subject, table, name);
        Catalog after = subject.catalog().with(without.withTakenName(name));
        for (Index index : table.indexesOn(name).toList()) {
            after = after.withTakenName(RelationName.of(table.name().schema(), index.name()));
        }
        return RoutineMentions.note(Sequence.of(after, drafts(subject, table, column).toArray(Draft[]::new)),
                subject, table, name)
                .withTolerance(Tolerance.Side.OLD_VERSION, "uses " + table.name() + "." + name + " as before")
                .withTolerance(Tolerance.Side.NEW_WRITERS, "leave " + table.name() + "." + name + " out");
    }

    private static List<Draft> drafts(Subject subject, Relation table, Column column) {
        String name = column.name();
        String alter = "ALTER TABLE " + table.name().quoted() + " ";
        String away = GeneratedName.of(name, subject.release().name(), table.name(), "quarantine");
        List<Draft> drafts = new ArrayList<>();
        boolean required = column.notNull() && column.defaultExpression().isEmpty()
                && column.generation() == Column.Generation.NONE;
        if (required) {
            // Else the new version, which leaves the column out, could not insert.
            drafts.add(DropNotNull.relax(subject, table, column));
        }
        drafts.add(Draft.ddl(Stage.QUARANTINE, "quarantine-" + table.name().name() + "-" + name,
                "Take the name " + name + " away from " + table.name() + ", reversibly",
                List.of(alter + "RENAME COLUMN " + quote(name) + " TO " + quote(away)),
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undoneBy(alter + "RENAME COLUMN " + quote(away) + " TO " + quote(name))
                .validatedBy(Probe.columnAbsent(table.name(), name)));
        List<Step.LockClaim> locks = new ArrayList<>();
        // A foreign key goes with its column: ACCESS EXCLUSIVE on the parent too, which is taken first.
        table.constraintsOn(name).flatMap(constraint -> constraint.references().stream())
                .filter(parent -> !parent.equals(table.name())).distinct().sorted()
                .forEach(parent -> locks.add(Draft.lock(parent, LockMode.ACCESS_EXCLUSIVE)));
        locks.add(Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE));
        drafts.add(Draft.ddl(Stage.DROP, "drop-column-" + table.name().name() + "-" + name,
                "Drop column " + name + " of " + table.name(), List.of(alter + "DROP COLUMN " + quote(away)))
                .withLocks(locks)
                .validatedBy(Probe.columnAbsent(table.name(), away)));
        return drafts;
    }

    private static void refuseNeeded(Subject subject, Relation table, Column column) {
        String name = table.name() + "." + column.name();
        Optional<Constraint> blocking = table.constraintsOn(column.name())
                .filter(c -> c.type() == Constraint.Type.PRIMARY_KEY || c.type() == Constraint.Type.EXCLUDE
                        || c.type() == Constraint.Type.CHECK || c.since().isPresent())
                .findFirst();
        blocking.filter(ignored -> !table.created()).ifPresent(constraint -> {
            throw new RefusedStatement("key-member",
                    "column " + name + " is part of constraint " + constraint.name() + ": " + constraint.definition(),
                    "The new version leaves the column out, and the constraint would reject its rows until the drop.",
                    "Drop the constraint by a statement before this one, if it is a CHECK; a primary key needs a release"
                            + " of its own.");
        });
        if (table.partition().key().contains(column.name())) {
            throw new RefusedStatement("key-member", "column " + name + " is part of the partition key",
                    "PostgreSQL would refuse.", "Make a new table without it, and move the rows.");
        }
        subject.catalog().foreignKeysTo(table.name())
                .filter(key -> key.constraint().referencedColumns().contains(column.name())).findFirst()
                .ifPresent(key -> {
                    throw new RefusedStatement("key-member",
                            "column " + name + " is referred to by " + key.table() + ", constraint "
                                    + key.constraint().name(),
                            "PostgreSQL would refuse.", "Drop the foreign key by a statement before this one.");
                });
        table.indexesOn(column.name()).filter(Index::replicaIdentity).findFirst().ifPresent(index -> {
            throw new RefusedStatement("index-needed",
                    "column " + name + " is part of the replica identity index " + index.name(),
                    "Change streams would make UPDATE and DELETE fail.", "Give the table another replica identity.");
        });
    }
}
