package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Constraint;
import io.lockkeeper.planner.catalog.Index;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * Primary key, unique constraints and foreign keys of a column that another one takes over from. The second column has
 * its unique indexes and its validated foreign keys before the handover, so that the handover is catalog updates alone.
 *
 * @param stage of the handover
 */
record KeyTwins(ShadowColumn shadow, Stage stage) {

    /** A foreign key to or from the column: {@code child} has it. */
    private record Reference(RelationName child, Constraint original) {

        boolean from(KeyTwins keys) {
            return child.equals(keys.table().name()) && original.columns().contains(keys.shadow.column().name());
        }

        RelationName parent() {
            return original.references().orElseThrow();
        }

        String alter() {
            return "ALTER TABLE " + child.quoted() + " ";
        }
    }

    void requireCarriable() {
        String place = table().name() + "." + shadow.column().name();
        for (Constraint constraint : onColumn()) {
            boolean unusual = constraint.type() == Constraint.Type.EXCLUDE
                    || constraint.type() == Constraint.Type.TRIGGER || constraint.key() && constraint.deferrable();
            if (unusual) {
                throw new RefusedStatement("key-member",
                        "column " + place + " is part of constraint " + constraint.name() + ": "
                                + constraint.definition(),
                        "An EXCLUDE constraint cannot be built beside the traffic, and the twin of a deferrable key would"
                                + " reject at once what the key lets through until the end of a transaction.",
                        "Drop the constraint in a release before, and add it again in one after.");
            }
        }
        for (Reference reference : references()) {
            Stage since = reference.original().since().orElse(Stage.EXPAND);
            boolean both = reference.from(this) && reference.parent().equals(table().name())
                    && reference.original().referencedColumns().contains(shadow.column().name());
            if (since.compareTo(stage) > 0 || both || reference.original().definition().isEmpty()) {
                throw shadow.inChange("foreign key " + reference.original().name() + " of " + reference.child());
            }
        }
        for (Constraint key : keys()) {
            key.since().ifPresent(since -> {
                throw shadow.inChange("constraint " + key.name());
            });
        }
    }

    boolean hasReferences() {
        return !references().isEmpty();
    }

    /** The twins of foreign keys; their unique indexes are there already. */
    List<Draft> addReferences() {
        List<Draft> drafts = new ArrayList<>();
        for (Reference reference : references()) {
            // One that another statement of the release hands over waits for that.
            Stage from = Stage.latest(Stage.MIGRATE, reference.original().since().orElse(Stage.MIGRATE));
            String name = twin(reference);
            String slug = reference.child().name() + "-" + reference.original().name();
            drafts.add(Draft.ddl(from, "add-foreign-key-" + slug,
                    "Ask the twin of foreign key " + reference.original().name() + " of new rows of "
                            + reference.child(),
                    List.of(add(reference, name, shadow.shadow())))
                    // NOT VALID: SHARE ROW EXCLUSIVE on both tables for a catalog update, no scan.
                    .withLocks(AddForeignKey.locks(reference.child(), reference.parent()))
                    // A handover that was taken back has dropped it.
                    .undoneBy(reference.alter() + "DROP CONSTRAINT IF EXISTS " + quote(name))
                    .validatedBy(Probe.constraintExists(reference.child(), name)));
            if (reference.original().validated()) {
                drafts.add(AddCheck.validate(from, shadow.subject().catalog().relation(reference.child()).orElseThrow(),
                        reference.original().named(name)));
            }
        }
        return drafts;
    }

    /** Parents first, then the table, then its children: every step that needs several takes them in this order. */
    List<Step.LockClaim> locks() {
        Stream<RelationName> parents = references().stream().filter(r -> r.from(this)).map(Reference::parent).sorted();
        Stream<RelationName> children = references().stream().filter(r -> !r.from(this)).map(Reference::child).sorted();
        // Dropping a foreign key takes ACCESS EXCLUSIVE on both of its tables.
        return Stream.of(parents.filter(parent -> !parent.equals(table().name())), Stream.of(table().name()), children)
                .flatMap(names -> names).distinct().map(name -> Draft.lock(name, LockMode.ACCESS_EXCLUSIVE)).toList();
    }

    /** The first column gives up its keys. In this order: a foreign key needs the unique index. */
    List<String> release() {
        List<String> statements = new ArrayList<>();
        references().forEach(r -> statements.add(r.alter() + "DROP CONSTRAINT " + quote(r.original().name())));
        // The index that tells rows apart may lose neither its column's NOT NULL nor itself.
        identityIndex().ifPresent(index -> statements.add(alter() + "REPLICA IDENTITY NOTHING"));
        keys().forEach(key -> statements.add(alter() + "DROP CONSTRAINT " + quote(key.name())));
        return statements;
    }

    /** What people must know while both keys live. */
    Sequence note(Sequence sequence) {
        boolean unique = table().indexesOn(shadow.column().name()).anyMatch(Index::unique);
        return unique
                ? sequence.withTolerance(Tolerance.Side.OLD_VERSION,
                        "may meet 23505 where two sessions at once INSERT … ON"
                                + " CONFLICT (" + shadow.column().name() + ") the same new key into " + table().name()
                                + ": PostgreSQL takes one unique index as the arbiter and fails on its twin; try again")
                : sequence;
    }

    /** The second column's twins become the keys. */
    List<String> takeOver() {
        return establish(key -> shadow.twinName(index(key)), this::twin,
                index -> index.constraint().orElse(shadow.twinName(index)));
    }

    /** Beside the traffic, what the first column needs to get its keys back. */
    List<Action> prepareReturn(String away) {
        List<Action> actions = new ArrayList<>();
        for (Constraint key : keys()) {
            RelationName name = RelationName.of(table().name().schema(), back(key));
            ColumnRenaming renaming = new ColumnRenaming(shadow.subject().grammar(), shadow.column().name(), away);
            actions.add(new Action.CreateIndex(table().name(), name,
                    renaming.inIndex(index(key).definition(), name.name())));
        }
        for (Reference reference : references()) {
            actions.add(new Action.Ddl(List.of(add(reference, back(reference), away))));
            if (reference.original().validated()) {
                actions.add(new Action.ValidateConstraint(reference.child(), back(reference)));
            }
        }
        return actions;
    }

    /** After {@link #release}, on what {@link #prepareReturn} has made. */
    List<String> giveBack() {
        return establish(this::back, this::back, Index::name);
    }

    private List<String> establish(Function<Constraint, String> indexOf,
            Function<Reference, String> nameOf,
            Function<Index, String> finalName) {
        List<String> statements = new ArrayList<>();
        for (Constraint key : keys()) {
            String kind = key.type() == Constraint.Type.PRIMARY_KEY ? " PRIMARY KEY" : " UNIQUE";
            statements.add(alter() + "ADD CONSTRAINT " + quote(key.name()) + kind + " USING INDEX "
                    + quote(indexOf.apply(key)));
            comment(table().name(), key).ifPresent(statements::add);
            index(key).comment().ifPresent(text -> statements.add(CommentOn.sql("INDEX "
                    + RelationName.of(table().name().schema(), key.name()).quoted(), Optional.of(text))));
        }
        for (Reference reference : references()) {
            statements.add(reference.alter() + "RENAME CONSTRAINT " + quote(nameOf.apply(reference)) + " TO "
                    + quote(reference.original().name()));
            comment(reference.child(), reference.original()).ifPresent(statements::add);
        }
        identityIndex().ifPresent(index -> statements
                .add(alter() + "REPLICA IDENTITY USING INDEX " + quote(finalName.apply(index))));
        table().indexesOn(shadow.column().name()).filter(Index::clustered).findFirst()
                .ifPresent(index -> statements.add(alter() + "CLUSTER ON " + quote(finalName.apply(index))));
        return statements;
    }

    /** The catalog with the keys on the column's final name. */
    Catalog carried(Catalog catalog, String finalName) {
        Catalog after = catalog;
        for (Reference reference : references()) {
            Relation child = after.relation(reference.child()).orElseThrow();
            Constraint original = reference.original();
            boolean from = reference.from(this);
            Constraint carried = original.carried(
                    from ? shadow.renamed(original.columns(), finalName) : original.columns(),
                    definition(reference, finalName),
                    from ? original.referencedColumns() : shadow.renamed(original.referencedColumns(), finalName),
                    stage);
            after = after.with(child.withConstraints(child.constraints().stream()
                    .map(c -> c.name().equals(original.name()) ? carried : c).toList()));
        }
        return after;
    }

    List<Constraint> keys() {
        return onColumn().stream().filter(Constraint::key).toList();
    }

    private List<Constraint> onColumn() {
        return table().constraintsOn(shadow.column().name()).toList();
    }

    private List<Reference> references() {
        Stream<Reference> outgoing = onColumn().stream().filter(c -> c.references().isPresent())
                .map(key -> new Reference(table().name(), key));
        Stream<Reference> incoming = shadow.subject().catalog().foreignKeysTo(table().name())
                .filter(key -> key.constraint().referencedColumns().contains(shadow.column().name()))
                .map(key -> new Reference(key.table(), key.constraint()));
        return Stream.concat(outgoing, incoming).distinct().toList();
    }

    private Optional<Index> identityIndex() {
        return table().indexesOn(shadow.column().name()).filter(Index::replicaIdentity).findFirst();
    }

    private Index index(Constraint key) {
        return key.index().flatMap(table()::index).orElseThrow();
    }

    private String add(Reference reference, String name, String column) {
        return reference.alter() + "ADD CONSTRAINT " + quote(name) + " " + definition(reference, column) + " NOT VALID";
    }

    private String definition(Reference reference, String column) {
        return reference.from(this)
                ? AddForeignKey.onOtherColumns(shadow.subject(), reference.original(),
                        names -> shadow.renamed(names, column), names -> names)
                : AddForeignKey.onOtherColumns(shadow.subject(), reference.original(), names -> names,
                        names -> shadow.renamed(names, column));
    }

    private String twin(Reference reference) {
        return GeneratedName.of(reference.original().name(), shadow.subject().release().name(), reference.child(),
                "foreign-key-" + shadow.column().name());
    }

    private String back(Reference reference) {
        return GeneratedName.of(reference.original().name(), shadow.subject().release().name(), reference.child(),
                "foreign-key-back-" + shadow.column().name());
    }

    private String back(Constraint key) {
        return GeneratedName.of(key.name(), shadow.subject().release().name(), table().name(), "index-back");
    }

    static Optional<String> comment(RelationName table, Constraint constraint) {
        return constraint.comment().map(text -> "COMMENT ON CONSTRAINT " + quote(constraint.name()) + " ON "
                + table.quoted() + " IS " + Identifier.literal(text));
    }

    private Relation table() {
        return shadow.table();
    }

    private String alter() {
        return "ALTER TABLE " + table().name().quoted() + " ";
    }
}
