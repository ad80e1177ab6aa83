package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
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
 * column's indexes, CHECKs, NOT NULL, comment, grants and settings are built again on the second, beside the traffic.
 *
 * @param column what is to be replaced
 * @param shadow the second column's name while both live
 * @param sql    the second column's type and collation
 */
record ShadowColumn(Subject subject, Relation table, Column column, String shadow, String sql, SyncFunction sync) {

    /** An index or CHECK on the first column and its twin on the second. */
    record Twin(String original, String generated, String definition, Optional<String> comment) {}

    /** Refuses what cannot be carried from one column to the other. */
    void requireCarriable() {
        String name = table.name() + "." + column.name();
        if (column.generation() != Column.Generation.NONE) {
            throw new RefusedStatement("generated-column", "column " + name + " is an identity or generated column",
                    "Its values would have to come from two places.",
                    "Add a new column, let the application move over, and drop this one in a later release.");
        }
        AddColumn.refuseDomain(subject.catalog(), "column " + name, column.type().base());
        requireNoDependents(table, column, "carried over to the new column");
        table.constraintsOn(column.name()).filter(c -> c.type() != Constraint.Type.CHECK).findFirst()
                .ifPresent(key -> {
                    throw new RefusedStatement("key-member",
                            "column " + name + " is part of constraint " + key.name() + ": " + key.definition(),
                            "A key cannot move to another column while both versions use it.",
                            "Add a new column with a key of its own, move the application over, and drop this one in"
                                    + " a later release.");
                });
        subject.catalog().foreignKeysTo(table.name())
                .filter(key -> key.constraint().referencedColumns().contains(column.name())).findFirst()
                .ifPresent(key -> {
                    throw new RefusedStatement("key-member", "column " + name + " is referred to by "
                            + key.table() + ", constraint " + key.constraint().name(),
                            "The foreign key would hold on to the old column.",
                            "Drop the foreign key in a release before.");
                });
        table.constraintsOn(column.name()).forEach(this::requireCarriable);
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
        if (index.replicaIdentity() || index.clustered() || index.tablespace() || !index.valid()) {
            throw new RefusedStatement("index-not-carried",
                    "index " + index.name() + " of " + table.name()
                            + " is the replica identity, clustered, in a tablespace of its own, or invalid",
                    "Its twin on the new column would not be the same.",
                    "Change or drop the index in a release before.");
        }
        CreateIndex.requireSoundServer(subject.catalog());
    }

    private RefusedStatement inChange(String what) {
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
        return NotNullProof.of(table.name(), shadow, subject.release().name());
    }

    List<Twin> indexes() {
        ColumnRenaming renaming = new ColumnRenaming(subject.grammar(), column.name(), shadow);
        return table.indexesOn(column.name()).map(index -> {
            String name = GeneratedName.of(index.name(), subject.release().name(), table.name(), "index");
            return new Twin(index.name(), name, renaming.inIndex(index.definition(), name), index.comment());
        }).toList();
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
        return table.constraintsOn(column.name()).map(check -> {
            String name = GeneratedName.of(check.name(), subject.release().name(), table.name(), "check");
            return new Twin(check.name(), name,
                    renaming.inCheck(check.definition().replaceFirst(" NOT VALID$", "")), Optional.empty());
        }).toList();
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

    /** The old CHECKs go and their twins take the names: the old column may hold what they forbid from now on. */
    List<String> takeOverChecks(List<Twin> twins) {
        List<String> statements = new ArrayList<>();
        for (Twin twin : twins) {
            String alter = "ALTER TABLE " + table.name().quoted() + " ";
            statements.add(alter + "DROP CONSTRAINT " + quote(twin.original()));
            statements.add(alter + "RENAME CONSTRAINT " + quote(twin.generated()) + " TO " + quote(twin.original()));
        }
        return statements;
    }

    /** After {@link #giveBackChecks}: what had been proven of the old column holds still, and is proven again. */
    List<Action> proveGivenBack(List<Twin> twins) {
        return twins.stream().filter(twin -> table.constraint(twin.original()).orElseThrow().validated())
                .map(twin -> (Action) new Action.ValidateConstraint(table.name(), twin.original())).toList();
    }

    List<String> giveBackChecks(List<Twin> twins) {
        List<String> statements = new ArrayList<>();
        for (Twin twin : twins) {
            String alter = "ALTER TABLE " + table.name().quoted() + " ";
            String original = table.constraint(twin.original()).orElseThrow().definition()
                    .replaceFirst(" NOT VALID$", "");
            statements.add(alter + "RENAME CONSTRAINT " + quote(twin.original()) + " TO " + quote(twin.generated()));
            statements.add(alter + "ADD CONSTRAINT " + quote(twin.original()) + " " + original + " NOT VALID");
        }
        return statements;
    }

    /** Default, and the sequence that goes with it, from one column to the other. */
    List<String> moveDefault(String from, String to) {
        List<String> statements = new ArrayList<>();
        String alter = "ALTER TABLE " + table.name().quoted() + " ALTER COLUMN ";
        column.defaultExpression().ifPresent(expression -> {
            statements.add(alter + quote(to) + " SET DEFAULT " + expression);
            statements.add(alter + quote(from) + " DROP DEFAULT");
        });
        column.ownedSequence().ifPresent(sequence -> statements.add("ALTER SEQUENCE " + sequence.quoted()
                + " OWNED BY " + table.name().quoted() + "." + quote(to)));
        return statements;
    }

    /** Trigger, function and old column go in one transaction; then the twins of indexes take the free names. */
    Draft drop(String quarantined, List<Twin> indexes) {
        List<String> statements = new ArrayList<>(List.of(sync.dropTrigger(), sync.dropFunction(),
                "ALTER TABLE " + table.name().quoted() + " DROP COLUMN " + quote(quarantined)));
        for (Twin twin : indexes) {
            RelationName generated = RelationName.of(table.name().schema(), twin.generated());
            statements.add("ALTER INDEX " + generated.quoted() + " RENAME TO " + quote(twin.original()));
            twin.comment().ifPresent(comment -> statements.add(CommentOn.sql("INDEX "
                    + RelationName.of(table.name().schema(), twin.original()).quoted(), Optional.of(comment))));
        }
        return Draft.ddl(Stage.DROP, "drop-column-" + table.name().name() + "-" + column.name(),
                "Drop the old column " + quarantined + " of " + table.name(), statements,
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .validatedBy(Probe.columnAbsent(table.name(), quarantined));
    }

    /** The table with the twins in place of the originals, under the originals' names. */
    Relation carried(Relation changed, String finalName, List<Twin> indexes, List<Twin> checks) {
        ColumnRenaming renaming = new ColumnRenaming(subject.grammar(), column.name(), finalName);
        List<Index> newIndexes = changed.indexes().stream().map(index -> indexes.stream()
                .filter(twin -> twin.original().equals(index.name())).findFirst()
                .map(twin -> new Index(index.name(),
                        renaming.inIndex(index.definition(), index.name()).replaceFirst("CONCURRENTLY ", ""),
                        renamed(index.keys(), finalName), renamed(index.mentions(), finalName), index.unique(), true,
                        index.constraint(), false, false, index.computed(), false, index.comment(),
                        Optional.of(Stage.DROP)))
                .orElse(index)).toList();
        List<Constraint> newConstraints = changed.constraints().stream().map(check -> checks.stream()
                .filter(twin -> twin.original().equals(check.name())).findFirst()
                .map(twin -> new Constraint(check.name(), check.type(), renamed(check.columns(), finalName),
                        renaming.inCheck(check.definition()), check.validated(), check.index(), check.references(),
                        check.referencedColumns(), Optional.of(Stage.DROP)))
                .orElse(check)).toList();
        return changed.withIndexes(newIndexes).withConstraints(newConstraints);
    }

    private List<String> renamed(List<String> names, String finalName) {
        return names.stream().map(name -> name.equals(column.name()) ? finalName : name).toList();
    }
}
