package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.Action;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * RENAME COLUMN: as written it is instant and breaks every statement of the old version. Here both names live, kept the
 * same in both directions, until nobody uses the old one.
 */
final class RenameColumn implements Rewrite {

    private static final String NULLABLE_DEFAULT = "nullable-default-direction";

    @Override
    public Set<String> takes() {
        return Set.of("RenameStmt OBJECT_COLUMN");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        if (!subject.node().string("relationType").equals("OBJECT_TABLE")) {
            throw new RefusedStatement("not-a-table", "only columns of tables can be renamed", "",
                    "Create a new view under a new name.");
        }
        Relation table = subject.table();
        Column column = subject.column(table, subject.node().string("subname"));
        String newName = subject.node().string("newname");
        subject.requireFree(table, newName);
        if (table.created()) {
            Relation renamed = table.changeColumn(column.name(), c -> c.withName(newName));
            return Sequence.of(subject.catalog().with(renamed), FreshTable.ddl(subject, table, "ALTER TABLE "
                    + table.name().quoted() + " RENAME COLUMN " + quote(column.name()) + " TO " + quote(newName)));
        }
        refuseAmbiguousDefault(subject, table, column);
        RoutineMentions.refuseInTriggers(subject, table, column.name());
        SyncFunction sync = SyncFunction.of(table.name(), column.name(), subject.release().name());
        ShadowColumn shadow = new ShadowColumn(subject, table, column, newName,
                column.type().sql() + column.collation().map(c -> " COLLATE " + c).orElse(""), sync);
        shadow.requireCarriable(Stage.QUARANTINE);
        return sequence(subject, shadow, newName);
    }

    private static Sequence sequence(Subject subject, ShadowColumn shadow, String newName) {
        Relation table = shadow.table();
        Column column = shadow.column();
        String oldName = column.name();
        String away = GeneratedName.of(oldName, subject.release().name(), table.name(), "quarantine");
        List<ShadowColumn.Twin> indexes = shadow.indexes();
        List<ShadowColumn.Twin> checks = shadow.checks();
        String differs = SyncFunction.differs(column, quote(newName), quote(oldName));

        // Where the name of a key changes on the way, rows cannot be told apart by it all the while.
        List<String> key = table.key().contains(oldName) ? List.of() : table.key();
        List<Draft> drafts = new ArrayList<>();
        drafts.add(shadow.expand(shadow.sync().twoWay(column, newName),
                "Let " + table.name() + "." + oldName + " live under the name " + newName + " too"));
        drafts.add(shadow.backfill(quote(oldName), differs));
        if (column.notNull()) {
            drafts.addAll(shadow.notNull().establish(Stage.MIGRATE));
        }
        drafts.addAll(shadow.addChecks(checks));
        drafts.addAll(shadow.buildIndexes(indexes));
        drafts.addAll(shadow.keys(Stage.QUARANTINE).addReferences());
        Handover handover = new Handover(shadow, away, newName, Stage.QUARANTINE);
        // From here on a forgotten use of the old name fails: that is its purpose, and it can be taken back at once.
        drafts.add(handover.draft("quarantine-" + table.name().name() + "-" + oldName,
                "Take the name " + oldName + " away from " + table.name() + ", reversibly", checks,
                // The old column goes on following the new one, so that until the drop taking it back loses nothing.
                shadow.sync().oneWay("NEW." + quote(away) + " := NEW." + quote(newName) + ";"))
                .undone(true, "", handover.undo(checks, shadow.sync().twoWay(column, newName))
                        .toArray(Action[]::new))
                .validatedBy(Probe.columnAbsent(table.name(), oldName)));
        drafts.add(shadow.drop(away, indexes, keepNotNullName(shadow)));

        String change = oldName + " is renamed to " + newName;
        Relation renamed = table.changeColumn(oldName, c -> c.withName(newName).filledFrom(Stage.MIGRATE)
                .withDefaultSince(Stage.QUARANTINE).inChange(change)).withTakenName(oldName);
        Sequence sequence = new Sequence(drafts, List.of(), List.of(), List.of(AddColumn.rowShape(table)),
                shadow.carried(renamed, newName, indexes, checks, Stage.QUARANTINE));
        sequence = RoutineMentions.note(shadow.keys(Stage.QUARANTINE).note(sequence), subject, table, oldName);
        return sequence
                .withTolerance(Tolerance.Side.OLD_VERSION, "uses " + table.name() + "." + oldName + " as before")
                .withTolerance(Tolerance.Side.NEW_WRITERS, "write " + table.name() + "." + newName
                        + ", not both names with different values; NULL before `migrated` is taken as not given")
                .withTolerance(Tolerance.Side.NEW_WRITERS, shadow.standsLast(newName))
                .withTolerance(Tolerance.Side.NEW_READERS, "find " + table.name() + "." + newName + " filled")
                .withPairs(
                        new Pair(table.name() + ":" + oldName + "=" + newName, table.name(), key, differs,
                                shadow.sync().trigger(), Set.of(Stage.EARLY_SWAP, Stage.TIGHTEN, Stage.SWAP,
                                        Stage.QUARANTINE)),
                        new Pair(table.name() + ":" + away + "=" + newName, table.name(), key,
                                SyncFunction.differs(column, quote(newName), quote(away)), shadow.sync().trigger(),
                                Set.of(Stage.DROP)));
    }

    /** A NOT NULL that has a name (18) keeps it, as under RENAME COLUMN; the old column has it until it goes. */
    private static List<String> keepNotNullName(ShadowColumn shadow) {
        Optional<String> original = shadow.column().notNullConstraint();
        Optional<String> current = shadow.notNull().constraint();
        if (!shadow.column().notNull() || original.isEmpty() || original.equals(current)) {
            return List.of();
        }
        return List.of("ALTER TABLE " + shadow.table().name().quoted() + " RENAME CONSTRAINT "
                + quote(current.orElseThrow()) + " TO " + quote(original.get()));
    }

    private static void refuseAmbiguousDefault(Subject subject, Relation table, Column column) {
        String object = table.name() + "." + column.name();
        if (!column.notNull() && column.defaultExpression().isPresent()
                && !subject.allows(NULLABLE_DEFAULT, object)) {
            throw new RefusedStatement(NULLABLE_DEFAULT, "column " + object + " is nullable and has a default",
                    "When the new version inserts NULL under the new name, the old name still gets its default: which of"
                            + " them counts cannot be known.",
                    "Make it NOT NULL or drop the default in a release before; or, if the new version never inserts NULL,"
                            + " allow it by an exception " + NULLABLE_DEFAULT + " for " + object + ".");
        }
    }
}
