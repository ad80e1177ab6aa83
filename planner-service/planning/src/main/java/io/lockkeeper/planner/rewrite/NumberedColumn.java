package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ADD COLUMN serial or IDENTITY: as written every row is rewritten under ACCESS EXCLUSIVE. The column comes with a
 * sequence as its default, which numbers new rows; old rows are numbered in batches; an identity column takes over from
 * the default at last.
 *
 * @param sequence that the column ends with
 * @param filling  that numbers rows until then: the same for a serial
 */
record NumberedColumn(Relation table, ColumnClause clause, RelationName sequence, RelationName filling) {

    static Sequence add(Subject subject, Relation table, ColumnClause clause) {
        UserTriggers.requireHarmless(subject, table, false);
        if (clause.sequenceOptions().toUpperCase(Locale.ROOT).contains("SEQUENCE")) {
            throw new RefusedStatement("unsupported-statement", "SEQUENCE NAME is not supported here", "",
                    "Leave it out: the sequence is named after table and column.");
        }
        String schema = table.name().schema();
        RelationName sequence = RelationName.of(schema, subject.catalog().freeName(schema,
                GeneratedName.conventional(table.name().name(), clause.name(), "seq"), ignored -> false));
        RelationName filling = clause.generation().identity()
                ? RelationName.of(schema, GeneratedName.of(sequence.name(), subject.release().name(), table.name(),
                        "sequence"))
                : sequence;
        return new NumberedColumn(table, clause, sequence, filling).sequence(subject);
    }

    private Sequence sequence(Subject subject) {
        List<Draft> drafts = new ArrayList<>();
        drafts.add(AddColumn.add(table, clause, addColumn()));
        drafts.add(Draft.of(Stage.MIGRATE, "backfill-" + place(), "Number the old rows of " + table.name() + " in "
                + clause.name(),
                new Action.Backfill(table.name(),
                        List.of(new Action.Backfill.Assignment(clause.name(), nextValue())),
                        quote(clause.name()) + " IS NULL"),
                Draft.lock(table.name(), LockMode.ROW_EXCLUSIVE))
                .undoneByNothing("the column itself is dropped"));
        NotNullProof proof = NotNullProof.of(subject, table, clause.name(), Optional.empty());
        drafts.addAll(proof.establish(Stage.MIGRATE));
        Column column = proof.established(clause.column()).filledFrom(Stage.MIGRATE);
        if (clause.generation().identity()) {
            drafts.add(becomeIdentity());
            column = column.withOwnedSequence(sequence, Optional.of(clause.sequenceOptions()));
        } else {
            column = column.withDefault(Optional.of(nextValue())).withOwnedSequence(sequence, Optional.empty());
        }
        return Sequence.of(subject.catalog().with(table.withColumn(column)).withTakenName(sequence),
                drafts.toArray(Draft[]::new))
                .withNote(AddColumn.rowShape(table))
                .withTolerance(Tolerance.Side.NEW_WRITERS, "leave " + table.name() + "." + clause.name()
                        + " out, or give a number that nobody else has")
                .withTolerance(Tolerance.Side.NEW_READERS, "meet NULL in " + table.name() + "." + clause.name()
                        + " before `migrated`");
    }

    /** One transaction: the default counts for rows to come, so nothing is rewritten. */
    private List<String> addColumn() {
        List<String> statements = new ArrayList<>();
        statements.add(createFilling());
        statements.add(alter() + "ADD COLUMN " + clause.declaration());
        statements.addAll(numberByDefault());
        return statements;
    }

    private Draft becomeIdentity() {
        List<String> undo = new ArrayList<>();
        undo.add(createFilling());
        undo.add(IdentityMove.continueFrom(sequence, filling));
        undo.add(alter() + "ALTER COLUMN " + quote(clause.name()) + " DROP IDENTITY");
        undo.addAll(numberByDefault());
        return Draft.ddl(Stage.MIGRATE, "identity-" + place(),
                "Let " + table.name() + "." + clause.name() + " number itself as an identity column",
                List.of(alter() + "ALTER COLUMN " + quote(clause.name()) + " DROP DEFAULT",
                        IdentityMove.identity(alter(), clause.generation(), clause.name(), sequence,
                                clause.sequenceOptions()),
                        // The table is locked and nobody else knows this sequence: no number is given twice.
                        IdentityMove.continueFrom(filling, sequence),
                        "DROP SEQUENCE " + filling.quoted()),
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undoneBy(undo.toArray(String[]::new))
                .validatedBy(Probe.relationAbsent(filling));
    }

    private String createFilling() {
        return "CREATE SEQUENCE " + filling.quoted() + " AS " + clause.type().sql()
                + (clause.sequenceOptions().isEmpty() ? "" : " " + clause.sequenceOptions());
    }

    private List<String> numberByDefault() {
        return List.of("ALTER SEQUENCE " + filling.quoted() + " OWNED BY " + table.name().quoted() + "."
                + quote(clause.name()),
                alter() + "ALTER COLUMN " + quote(clause.name()) + " SET DEFAULT " + nextValue());
    }

    private String nextValue() {
        return "pg_catalog.nextval(" + Identifier.literal(filling.quoted()) + "::pg_catalog.regclass)";
    }

    private String place() {
        return table.name().name() + "-" + clause.name();
    }

    private String alter() {
        return "ALTER TABLE " + table.name().quoted() + " ";
    }
}
