package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Dependent;
import io.lockkeeper.planner.catalog.Grant;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * A second column that takes over from the first: what RENAME COLUMN and ALTER COLUMN TYPE have in common. The first
 * column's indexes, keys, CHECKs, NOT NULL, comment, grants and settings are built again on the second, beside the
 * traffic; {@link Handover} then lets it take the first one's place.
 *
 * @param column what is to be replaced
 * @param shadow the second column's name while both live
 * @param sql    the second column's type and collation
 */
record ShadowColumn(Subject subject, Relation table, Column column, String shadow, String sql, SyncFunction sync) {

    /** An index or CHECK on the first column and its twin on the second. */
    record Twin(String original, String generated, String definition, Optional<String> comment) {}

    KeyTwins keys(Stage stage) {
        return new KeyTwins(this, stage);
    }

    /**
     * Refuses what cannot be carried from one column to the other.
     *
     * @param stage of the handover
     */
    void requireCarriable(Stage stage) {
        String name = table.name() + "." + column.name();
        if (column.filled().isPresent()) {
            throw new RefusedStatement("column-in-change", "column " + name + " is added by this very release",
                    "It would live twice although nobody has used it yet.",
                    "Add it under the name and with the type that it has in the end.");
        }
        if (column.generation() != Column.Generation.NONE && !column.generation().identity()) {
            throw new RefusedStatement("generated-column", "column " + name + " is generated",
                    "Its values would have to come from two places.",
                    "Add a new column, let the application move over, and drop this one in a later release.");
        }
        AddColumn.refuseDomain(subject.catalog(), "column " + name, column.type().base());
        requireNoDependents(table, column, "carried over to the new column");
        keys(stage).requireCarriable();
        checksOnColumn().forEach(this::requireCarriable);
        table.indexesOn(column.name()).forEach(this::requireCarriable);
        UserTriggers.requireHarmless(subject, table, true);
    }

    static void requireNoDependents(Relation table, Column column, String carried) {
        if (!column.dependents().isEmpty()) {
            throw new RefusedStatement("column-has-dependents",
                    "column " + table.name() + "." + column.name() + " is needed by "
                            + column.dependents().stream().map(Dependent::description).distinct()
                                    .collect(Collectors.joining(", ")),
                    "They cannot be " + carried + ".",
                    "Drop or replace them in a release before, and create them again afterwards.");
        }
    }

    /** Whoever writes without naming columns goes by their order, and the one that takes a column's place comes last. */
    String standsLast(String name) {
        return "name the columns in INSERT and COPY into " + table.name() + ": " + name + " stands last";
    }

    private void requireCarriable(Constraint check) {
        boolean othersChange = check.columns().stream().map(name -> subject.existingColumn(table, name))
                .anyMatch(other -> other.change().isPresent());
        if (check.since().isPresent() || othersChange) {
            throw inChange("constraint " + check.name());
        }
    }

    private void requireCarriable(Index index) {
        boolean othersChange = index.mentions().stream().map(name -> subject.existingColumn(table, name))
                .anyMatch(other -> other.change().isPresent());
        if (index.since().isPresent() || othersChange) {
            throw inChange("index " + index.name());
        }
        if (index.tablespace() || !index.valid()) {
            throw new RefusedStatement("index-not-carried",
                    "index " + index.name() + " of " + table.name()
                            + " is in a tablespace of its own, or invalid",
                    "Its twin on the new column would not be the same.",
                    "Change or drop the index in a release before.");
        }
        CreateIndex.requireSoundServer(subject.catalog());
    }

    RefusedStatement inChange(String what) {
        return new RefusedStatement("column-in-change",
                what + " of " + table.name() + " covers column " + column.name() + " and is itself changed by this"
                        + " release",
                "Two changes would have to carry it over at once.", "Put one of them into a later release.");
    }

    /** Column, function and trigger in one short transaction: no row is written between them. */
    Draft expand(String functionSql, String title) {
        String alter = "ALTER TABLE " + table.name().quoted() + " ";
        List<String> statements = new ArrayList<>();
        statements.add(alter + "ADD COLUMN " + quote(shadow) + " " + sql);
        column.settings().forEach(setting -> statements.add(alter + "ALTER COLUMN " + quote(shadow) + " " + setting));
        column.comment().ifPresent(comment -> statements.add(CommentOn
                .sql("COLUMN " + table.name().quoted() + "." + quote(shadow), Optional.of(comment))));
        for (Grant grant : column.grants()) {
            statements.add("GRANT " + grant.privilege() + " (" + quote(shadow) + ") ON " + table.name().quoted()
                    + grant.suffix());
        }
        statements.add(functionSql);
        statements.add(sync.createTrigger());
        return Draft.ddl(Stage.EXPAND, "add-shadow-" + table.name().name() + "-" + column.name(), title, statements,
                // ACCESS EXCLUSIVE for catalog updates: no row is touched. SHARE ROW EXCLUSIVE of the trigger is weaker.
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undoneBy(sync.dropTrigger(), sync.dropFunction(), alter + "DROP COLUMN " + quote(shadow))
                .validatedBy(Probe.columnExists(table.name(), shadow));
    }

    Draft backfill(String expression, String differs) {
        return Draft.of(Stage.MIGRATE, "backfill-" + table.name().name() + "-" + shadow,
                "Fill " + shadow + " of the old rows of " + table.name() + " from " + column.name(),
                new Action.Backfill(table.name(), List.of(new Action.Backfill.Assignment(shadow, expression)),
                        differs),
                Draft.lock(table.name(), LockMode.ROW_EXCLUSIVE))
                .undoneByNothing("the column itself is dropped");
    }

    NotNullProof notNull() {
        return NotNullProof.of(subject, table, shadow, Optional.empty());
    }

    List<Twin> indexes() {
        ColumnRenaming renaming = new ColumnRenaming(subject.grammar(), column.name(), shadow);
        return table.indexesOn(column.name()).map(index -> {
            String name = twinName(index);
            return new Twin(index.name(), name, renaming.inIndex(index.definition(), name), index.comment());
        }).toList();
    }

    String twinName(Index index) {
        return GeneratedName.of(index.name(), subject.release().name(), table.name(), "index");
    }

    List<Draft> buildIndexes(List<Twin> twins) {
        return twins.stream().map(twin -> {
            RelationName index = RelationName.of(table.name().schema(), twin.generated());
            return Draft.of(Stage.MIGRATE, "create-index-" + twin.original(),
                    "Build the twin of index " + twin.original() + " on " + shadow + " beside the traffic",
                    new Action.CreateIndex(table.name(), index, twin.definition()),
                    Draft.lock(table.name(), LockMode.SHARE_UPDATE_EXCLUSIVE))
                    .undone(true, "", new Action.DropIndex(table.name(), index))
                    .validatedBy(Probe.indexValid(index));
        }).toList();
    }

    List<Twin> checks() {
        ColumnRenaming renaming = new ColumnRenaming(subject.grammar(), column.name(), shadow);
        return checksOnColumn().map(check -> {
            String name = GeneratedName.of(check.name(), subject.release().name(), table.name(), "check");
            return new Twin(check.name(), name,
                    renaming.inCheck(check.definition().replaceFirst(" NOT VALID$", "")), Optional.empty());
        }).toList();
    }

    private Stream<Constraint> checksOnColumn() {
        return table.constraintsOn(column.name()).filter(c -> c.type() == Constraint.Type.CHECK);
    }

    /** The shadow holds what the first column's CHECK lets through, so nobody's write fails because of the twin. */
    List<Draft> addChecks(List<Twin> twins) {
        List<Draft> drafts = new ArrayList<>();
        for (Twin twin : twins) {
            boolean validated = table.constraint(twin.original()).orElseThrow().validated();
            drafts.add(Draft.ddl(Stage.MIGRATE, "add-check-" + twin.original(),
                    "Ask the twin of CHECK " + twin.original() + " of new rows of " + table.name(),
                    List.of("ALTER TABLE " + table.name().quoted() + " ADD CONSTRAINT " + quote(twin.generated()) + " "
                            + twin.definition() + " NOT VALID"),
                    Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                    .undoneBy("ALTER TABLE " + table.name().quoted() + " DROP CONSTRAINT "
                            + quote(twin.generated()))
                    .validatedBy(Probe.constraintExists(table.name(), twin.generated())));
            if (validated) {
                drafts.add(AddCheck.validate(Stage.MIGRATE, table, new Constraint(twin.generated(),
                        Constraint.Type.CHECK, List.of(shadow), twin.definition(), true, Optional.empty(),
                        Optional.empty(), List.of(), Optional.empty())));
            }
        }
        return drafts;
    }

    /**
     * Trigger, function and old column go in one transaction; then the twins of indexes take the free names.
     *
     * @param also what else takes a name that is free then
     */
    Draft drop(String quarantined, List<Twin> indexes, List<String> also) {
        List<String> statements = new ArrayList<>(List.of(sync.dropTrigger(), sync.dropFunction(),
                "ALTER TABLE " + table.name().quoted() + " DROP COLUMN " + quote(quarantined)));
        for (Twin twin : indexes) {
            if (table.index(twin.original()).flatMap(Index::constraint).isPresent()) {
                continue; // its constraint has taken it, name and all
            }
            RelationName generated = RelationName.of(table.name().schema(), twin.generated());
            statements.add("ALTER INDEX " + generated.quoted() + " RENAME TO " + quote(twin.original()));
            twin.comment().ifPresent(comment -> statements.add(CommentOn.sql("INDEX "
                    + RelationName.of(table.name().schema(), twin.original()).quoted(), Optional.of(comment))));
        }
        statements.addAll(also);
        return Draft.ddl(Stage.DROP, "drop-column-" + table.name().name() + "-" + column.name(),
                "Drop the old column " + quarantined + " of " + table.name(), statements,
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .validatedBy(Probe.columnAbsent(table.name(), quarantined));
    }

    /** The catalog with the twins in place of the originals, under the originals' names. */
    Catalog carried(Relation changed, String finalName, List<Twin> indexes, List<Twin> checks, Stage stage) {
        ColumnRenaming renaming = new ColumnRenaming(subject.grammar(), column.name(), finalName);
        List<Index> newIndexes = changed.indexes().stream().map(index -> indexes.stream()
                .filter(twin -> twin.original().equals(index.name())).findFirst()
                .map(twin -> new Index(index.name(),
                        renaming.inIndex(index.definition(), index.name()).replaceFirst("CONCURRENTLY ", ""),
                        renamed(index.keys(), finalName), renamed(index.mentions(), finalName), index.unique(), true,
                        index.constraint(), index.replicaIdentity(), index.clustered(), index.computed(), false,
                        index.comment(), Optional.of(index.constraint().isPresent() ? stage : Stage.DROP)))
                .orElse(index)).toList();
        List<Constraint> newConstraints = changed.constraints().stream().map(constraint -> {
            if (!constraint.columns().contains(column.name()) || constraint.references().isPresent()) {
                return constraint;
            }
            boolean check = constraint.type() == Constraint.Type.CHECK;
            return constraint.carried(renamed(constraint.columns(), finalName),
                    check ? renaming.inCheck(constraint.definition()) : renaming.inKey(constraint.definition()),
                    List.of(), check ? Stage.DROP : stage);
        }).toList();
        return keys(stage).carried(subject.catalog().with(changed.withIndexes(newIndexes)
                .withConstraints(newConstraints)), finalName);
    }

    List<String> renamed(List<String> names, String finalName) {
        return names.stream().map(name -> name.equals(column.name()) ? finalName : name).toList();
    }
}
