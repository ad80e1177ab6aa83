package io.lockkeeper.planner.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.RelationName;

/**
 * A column as it is, or as it will be once the statements so far have run.
 *
 * @param defaultExpression as {@code pg_get_expr} prints it; absent for generated columns
 * @param collation         qualified and quoted, where it is not the type's own
 * @param settings          what follows {@code ALTER COLUMN c} to give another column the same statistics target, storage,
 *                          compression and options
 * @param dependents        what in {@code pg_depend} needs the column, besides its own default, constraints and indexes
 * @param ownedSequence     the sequence that goes when the column goes: a serial's or an identity column's
 * @param identityOptions   what follows {@code AS IDENTITY} to give another column a sequence like this one's; limits that
 *                          are the type's own are left out
 * @param notNullConstraint name of its NOT NULL (18 and later), valid or not
 * @param filled            the stage from which on every row has its value; absent: it always had
 * @param defaultSince      the stage from which on it has this default, or none; absent: it always had
 * @param change            what the release is doing to it, where that takes until the contract phase: another statement
 *                          of the release may at most build on what it is from {@code filled} on
 */
public record Column(String name, ColumnType type, boolean notNull, Optional<String> defaultExpression,
        Generation generation, Optional<String> collation, Optional<String> comment, List<Grant> grants,
        List<String> settings, List<Dependent> dependents, Optional<RelationName> ownedSequence,
        Optional<String> identityOptions, Optional<String> notNullConstraint, Optional<Stage> filled,
        Optional<Stage> defaultSince, Optional<String> change) {

    public enum Generation {
        NONE, IDENTITY_ALWAYS, IDENTITY_BY_DEFAULT, STORED, VIRTUAL;

        public boolean identity() {
            return this == IDENTITY_ALWAYS || this == IDENTITY_BY_DEFAULT;
        }
    }

    public Column {
        defaultExpression = defaultExpression == null ? Optional.empty() : defaultExpression;
        collation = collation == null ? Optional.empty() : collation;
        comment = comment == null ? Optional.empty() : comment;
        grants = grants == null ? List.of() : List.copyOf(grants);
        settings = settings == null ? List.of() : List.copyOf(settings);
        dependents = dependents == null ? List.of() : List.copyOf(dependents);
        ownedSequence = ownedSequence == null ? Optional.empty() : ownedSequence;
        identityOptions = identityOptions == null ? Optional.empty() : identityOptions;
        notNullConstraint = notNullConstraint == null ? Optional.empty() : notNullConstraint;
        filled = filled == null ? Optional.empty() : filled;
        defaultSince = defaultSince == null ? Optional.empty() : defaultSince;
        change = change == null ? Optional.empty() : change;
    }

    /** A plain new column. */
    public static Column of(String name, ColumnType type) {
        return new Column(name, type, false, Optional.empty(), Generation.NONE, Optional.empty(), Optional.empty(),
                List.of(), List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty());
    }

    public Column withName(String newName) {
        return new Column(newName, type, notNull, defaultExpression, generation, collation, comment, grants, settings,
                dependents, ownedSequence, identityOptions, notNullConstraint, filled, defaultSince, change);
    }

    public Column withType(ColumnType newType, Optional<String> newCollation) {
        return new Column(name, newType, notNull, defaultExpression, generation, newCollation, comment, grants,
                settings, dependents, ownedSequence, identityOptions, notNullConstraint, filled, defaultSince, change);
    }

    public Column withNotNull(boolean required) {
        return new Column(name, type, required, defaultExpression, generation, collation, comment, grants, settings,
                dependents, ownedSequence, identityOptions, Optional.empty(), filled, defaultSince, change);
    }

    /** NOT NULL by a constraint of this name. */
    public Column withNotNull(Optional<String> constraint) {
        return new Column(name, type, true, defaultExpression, generation, collation, comment, grants, settings,
                dependents, ownedSequence, identityOptions, constraint, filled, defaultSince, change);
    }

    public Column withSettings(List<String> newSettings) {
        return new Column(name, type, notNull, defaultExpression, generation, collation, comment, grants, newSettings,
                dependents, ownedSequence, identityOptions, notNullConstraint, filled, defaultSince, change);
    }

    public Column withOwnedSequence(RelationName sequence, Optional<String> options) {
        return new Column(name, type, notNull, defaultExpression, generation, collation, comment, grants, settings,
                dependents, Optional.of(sequence), options, notNullConstraint, filled, defaultSince, change);
    }

    public Column withDefault(Optional<String> expression) {
        return new Column(name, type, notNull, expression, generation, collation, comment, grants, settings,
                dependents, ownedSequence, identityOptions, notNullConstraint, filled, defaultSince, change);
    }

    public Column withDefaultSince(Stage stage) {
        return new Column(name, type, notNull, defaultExpression, generation, collation, comment, grants, settings,
                dependents, ownedSequence, identityOptions, notNullConstraint, filled, Optional.of(stage), change);
    }

    public Column withGeneration(Generation newGeneration) {
        return new Column(name, type, notNull, defaultExpression, newGeneration, collation, comment, grants, settings,
                dependents, ownedSequence, identityOptions, notNullConstraint, filled, defaultSince, change);
    }

    public Column withComment(Optional<String> text) {
        return new Column(name, type, notNull, defaultExpression, generation, collation, text, grants, settings,
                dependents, ownedSequence, identityOptions, notNullConstraint, filled, defaultSince, change);
    }

    public Column withGrants(List<Grant> newGrants) {
        return new Column(name, type, notNull, defaultExpression, generation, collation, comment, newGrants, settings,
                dependents, ownedSequence, identityOptions, notNullConstraint, filled, defaultSince, change);
    }

    public Column withDependent(Dependent dependent) {
        List<Dependent> more = new ArrayList<>(dependents);
        more.add(dependent);
        return new Column(name, type, notNull, defaultExpression, generation, collation, comment, grants, settings,
                more, ownedSequence, identityOptions, notNullConstraint, filled, defaultSince, change);
    }

    public Column owning(Optional<RelationName> sequence) {
        return new Column(name, type, notNull, defaultExpression, generation, collation, comment, grants, settings,
                dependents, sequence, identityOptions, notNullConstraint, filled, defaultSince, change);
    }

    Column withoutDependent(String description) {
        if (dependents.stream().noneMatch(dependent -> dependent.description().equals(description))) {
            return this;
        }
        return new Column(name, type, notNull, defaultExpression, generation, collation, comment, grants, settings,
                Dependent.without(dependents, description), ownedSequence, identityOptions, notNullConstraint, filled,
                defaultSince, change);
    }

    public Column filledFrom(Stage stage) {
        return new Column(name, type, notNull, defaultExpression, generation, collation, comment, grants, settings,
                dependents, ownedSequence, identityOptions, notNullConstraint, Optional.of(stage), defaultSince,
                change);
    }

    /** The stage from which on it has the name and type that the release leaves it with. */
    public Stage shaped() {
        return change.isEmpty() ? Stage.EXPAND : filled.orElse(Stage.DROP);
    }

    public Column inChange(String what) {
        return new Column(name, type, notNull, defaultExpression, generation, collation, comment, grants, settings,
                dependents, ownedSequence, identityOptions, notNullConstraint, filled, defaultSince,
                Optional.of(what));
    }
}
