package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;
import io.lockkeeper.planner.statement.TypeNames;

/**
 * ALTER COLUMN TYPE. Where PostgreSQL changes it in place, as written. Where it would rewrite the table under ACCESS
 * EXCLUSIVE, a shadow column of the new type is filled beside the traffic and the two swap names; but only where the
 * conversion can never fail, because a statement of the application would fail with it.
 */
final class ChangeType implements Rewrite {

    @Override
    public Set<String> takes() {
        return Set.of("AT_AlterColumnType");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.table();
        Column column = subject.column(table, subject.node().string("name"));
        SyntaxNode definition = subject.node().get("def");
        ColumnType type = TypeNames.columnType(definition.get("typeName"), subject.catalog());
        if (table.created()) {
            Relation changed = table.changeColumn(column.name(), c -> c.withType(type, Optional.empty()));
            return Sequence.of(subject.catalog().with(changed), FreshTable.asWritten(subject, table));
        }
        requireUnderstood(subject, table, column, definition, type);
        if (type.equals(column.type()) && column.collation().isEmpty()) {
            return Sequence.nothing(subject.catalog(),
                    "column " + table.name() + "." + column.name() + " is " + type.sql() + " already");
        }
        Conversion conversion = new Conversion(column.type(), type);
        if (conversion.inPlace() && nothingIsRebuilt(subject, table, column)) {
            return inPlace(subject, table, column, type);
        }
        if (!conversion.certain(subject.catalog())) {
            throw new RefusedStatement("type-change-may-fail",
                    "column " + table.name() + "." + column.name() + " cannot change from " + column.type().sql()
                            + " to " + type.sql() + " without the risk of failing or losing something",
                    "The table would be rewritten under ACCESS EXCLUSIVE; and while both types live, a statement of the"
                            + " application would fail with the conversion.",
                    "Add a new column of the new type, let the application write both, fill it, move the readers, and"
                            + " drop the old one in a later release.");
        }
        String shadowName = GeneratedName.of(column.name(), subject.release().name(), table.name(), "shadow");
        SyncFunction sync = SyncFunction.of(table.name(), column.name(), subject.release().name());
        ShadowColumn shadow = new ShadowColumn(subject, table, column, shadowName, type.sql(), sync);
        shadow.requireCarriable(subject.release().swap());
        requireSameMeaning(subject, shadow, conversion);
        return swap(subject, shadow, conversion);
    }

    private static Sequence inPlace(Subject subject, Relation table, Column column, ColumnType type) {
        String alter = "ALTER TABLE " + table.name().quoted() + " ALTER COLUMN " + quote(column.name()) + " TYPE ";
        Relation changed = table.changeColumn(column.name(), c -> c.withType(type, Optional.empty()));
        return RoutineMentions.noteType(Sequence.of(subject.catalog().with(changed),
                Draft.ddl(Stage.EXPAND, "widen-" + table.name().name() + "-" + column.name(),
                        "Widen " + table.name() + "." + column.name() + " to " + type.sql() + " in place",
                        List.of(alter + type.sql()),
                        // ACCESS EXCLUSIVE for a catalog update: the stored bytes and the indexes stay.
                        Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                        .undone(false, "narrowing scans the table under ACCESS EXCLUSIVE and fails where a value is"
                                + " too long by now; leaving it wide harms nobody"))
                .withNote(AddColumn.rowShape(table)), subject, table, column.name(), type.sql());
    }

    private static Sequence swap(Subject subject, ShadowColumn shadow, Conversion conversion) {
        Relation table = shadow.table();
        Column column = shadow.column();
        String name = column.name();
        String away = GeneratedName.of(name, subject.release().name(), table.name(), "swapped");
        Stage stage = subject.release().swap();
        List<ShadowColumn.Twin> indexes = shadow.indexes();
        List<ShadowColumn.Twin> checks = shadow.checks();
        String follow = "NEW." + quote(shadow.shadow()) + " := " + conversion.forward("NEW." + quote(name)) + ";";
        String differs = SyncFunction.differs(conversion.to(), quote(shadow.shadow()),
                conversion.forward(quote(name)), false);

        List<Draft> drafts = new ArrayList<>();
        drafts.add(shadow.expand(shadow.sync().oneWay(follow), "Let " + table.name() + "." + name + " live as "
                + conversion.to().sql() + " too"));
        drafts.add(shadow.backfill(conversion.forward(quote(name)), differs));
        if (column.notNull()) {
            drafts.addAll(shadow.notNull().prove(Stage.MIGRATE));
        }
        drafts.addAll(shadow.addChecks(checks));
        drafts.addAll(shadow.buildIndexes(indexes));
        drafts.addAll(shadow.keys(stage).addReferences());
        Handover swap = new Handover(shadow, away, name, stage);
        drafts.add(swap.draft("swap-" + table.name().name() + "-" + name,
                "Swap " + table.name() + "." + name + " from " + conversion.from().sql() + " to "
                        + conversion.to().sql(),
                checks, shadow.sync().oneWay(conversion.reverse(away, name)))
                .undone(false, "values that " + conversion.from().sql() + " cannot hold are lost",
                        swap.undo(checks, shadow.sync().oneWay(follow)).toArray(Action[]::new))
                .validatedBy(Probe.columnAbsent(table.name(), shadow.shadow())));
        drafts.add(shadow.drop(away, indexes, List.of()));

        Relation changed = table.changeColumn(name, c -> c.withType(conversion.to(), Optional.empty())
                .filledFrom(stage)
                .withDefaultSince(Stage.latest(stage, column.defaultSince().orElse(stage)))
                .inChange(name + " becomes " + conversion.to().sql()));
        String place = table.name() + "." + name;
        Sequence sequence = new Sequence(drafts, List.of(), List.of(), notes(subject, shadow, conversion),
                shadow.carried(changed, name, indexes, checks, stage));
        return RoutineMentions.noteType(shadow.keys(stage).note(sequence), subject, table, name,
                conversion.to().sql())
                .withTolerance(Tolerance.Side.OLD_VERSION, "reads and writes " + place + " as "
                        + conversion.from().sql() + (stage == Stage.SWAP
                                ? " until the swap"
                                : ", and as " + conversion.to().sql() + " after the swap; "
                                        + shadow.standsLast(name) + " from the swap on"))
                .withTolerance(Tolerance.Side.NEW_READERS, "read " + place + " as " + conversion.from().sql()
                        + " until the swap, as " + conversion.to().sql() + " after it")
                .withTolerance(Tolerance.Side.NEW_WRITERS, "write values into " + place + " that "
                        + conversion.from().sql() + " can hold until the swap")
                .withTolerance(Tolerance.Side.NEW_WRITERS, shadow.standsLast(name) + " from the swap on")
                .withPairs(
                        new Pair(table.name() + ":" + name + "=" + shadow.shadow(), table.name(), table.key(),
                                differs, shadow.sync().trigger(), before(stage)),
                        new Pair(table.name() + ":" + away + "=" + name, table.name(), table.key(),
                                conversion.reverseDiffers(away, name), shadow.sync().trigger(), after(stage)));
    }

    private static List<String> notes(Subject subject, ShadowColumn shadow, Conversion conversion) {
        Relation table = shadow.table();
        Column column = shadow.column();
        String place = table.name() + "." + column.name();
        List<String> notes = new ArrayList<>(List.of(AddColumn.rowShape(table), "when " + place
                + " is swapped, prepared statements that read it fail once with 0A000 and must be prepared again"));
        column.ownedSequence().filter(ignored -> !column.generation().identity() && conversion.wholeNumbers())
                .ifPresent(
                        sequence -> notes.add("sequence " + sequence + " keeps its own type and limit: ALTER SEQUENCE "
                                + sequence + " AS " + conversion.to().sql() + " in the same release lifts it"));
        subject.catalog().foreignKeysTo(table.name())
                .filter(key -> key.constraint().referencedColumns().equals(List.of(column.name())))
                .map(key -> key.table() + "." + String.join(", ", key.constraint().columns())).sorted()
                .forEach(child -> notes.add(child + " refers to " + place + ": unless it becomes "
                        + conversion.to().sql() + " too, it cannot refer to values beyond its own type"));
        return notes;
    }

    private static Set<Stage> before(Stage swap) {
        return swap == Stage.SWAP ? Set.of(Stage.TIGHTEN, Stage.SWAP) : Set.of(Stage.EARLY_SWAP);
    }

    private static Set<Stage> after(Stage swap) {
        return swap == Stage.SWAP
                ? Set.of(Stage.QUARANTINE, Stage.DROP)
                : Set.of(Stage.TIGHTEN, Stage.QUARANTINE, Stage.DROP);
    }

    /** In place, PostgreSQL scans for CHECKs, rebuilds computed indexes and checks foreign keys again. */
    private static boolean nothingIsRebuilt(Subject subject, Relation table, Column column) {
        boolean foreignKey = table.constraintsOn(column.name()).anyMatch(c -> c.references().isPresent())
                || subject.catalog().foreignKeysTo(table.name())
                        .anyMatch(key -> key.constraint().referencedColumns().contains(column.name()));
        boolean check = table.constraintsOn(column.name()).anyMatch(c -> !c.key());
        boolean computed = table.indexesOn(column.name())
                .anyMatch(index -> !index.valid() || index.computed()
                        || !index.definition().isEmpty()
                                && !ColumnRenaming.plain(subject.grammar(), index.definition()));
        return column.dependents().isEmpty() && column.collation().isEmpty() && !foreignKey && !check && !computed;
    }

    /** What is built again on another type must parse and mean the same there. */
    private static void requireSameMeaning(Subject subject, ShadowColumn shadow, Conversion conversion) {
        Relation table = shadow.table();
        Column column = shadow.column();
        String place = table.name() + "." + column.name();
        if (shadow.keys(subject.release().swap()).hasReferences() && !conversion.comparable()) {
            throw new RefusedStatement("foreign-key-type",
                    "column " + place
                            + " has a foreign key, or one refers to it, and would no longer be of the same kind",
                    "PostgreSQL needs one equality for both sides of a foreign key.",
                    "Drop the foreign key in a release before, and add it again when both sides have the new type.");
        }
        if (column.generation().identity() && !conversion.wholeNumbers()) {
            throw new RefusedStatement("identity-type",
                    "column " + place + " is an identity column and can only be smallint, integer or bigint", "", "");
        }
        if (conversion.sameFamily(subject.catalog())) {
            return;
        }
        boolean check = table.constraintsOn(column.name()).anyMatch(c -> c.type() == Constraint.Type.CHECK);
        boolean special = table.indexesOn(column.name())
                .anyMatch(index -> !ColumnRenaming.plain(subject.grammar(), index.definition()));
        if (check || special) {
            throw new RefusedStatement("expression-on-column",
                    "column " + table.name() + "." + column.name()
                            + " stands in a CHECK, a partial index, an expression or under an operator class",
                    "Under another kind of type it would not parse or mean something else.",
                    "Drop that first, and create it again for the new type in a later release.");
        }
    }

    private static void requireUnderstood(Subject subject, Relation table, Column column, SyntaxNode definition,
            ColumnType type) {
        if (definition.has("collClause")) {
            throw new RefusedStatement("collation-change", "changing the collation is not supported",
                    "Every index on the column would be rebuilt under ACCESS EXCLUSIVE.",
                    "Add a new column with the new collation and move over.");
        }
        SyntaxNode using = definition.get("raw_default");
        boolean plainCast = using.is("TypeCast") && using.get("arg").is("ColumnRef")
                && using.get("arg").strings("fields").equals(List.of(column.name()))
                && TypeNames.columnType(using.get("typeName"), subject.catalog()).equals(type);
        if (!using.isMissing() && !plainCast) {
            throw new RefusedStatement("using-expression", "USING with more than the plain cast is not supported",
                    "The way back is not known, so the old version could not go on.",
                    "Add a new column, let the application write both, and drop the old one in a later release.");
        }
        AddColumn.refuseDomain(subject.catalog(), "column " + table.name() + "." + column.name(), type.base());
        if (RelationName.of("pg_catalog", "json").equals(type.base())) {
            throw new RefusedStatement("json-type", "json has no equality: DISTINCT and GROUP BY fail on it",
                    "Queries that work on the column now would fail.", "Use jsonb.");
        }
    }
}
