package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;

/**
 * Takes IDENTITY from one column to another in one transaction. PostgreSQL cannot give an identity column's sequence to
 * another: it is made again under its name, with its options, comment and grants, and goes on from its last value. The
 * table is locked, and the sequence too before its value is read, so that no number is given twice.
 */
record IdentityMove(Subject subject, Relation table, Column column) {

    /** @param from the column that has it now */
    List<String> leave(String from) {
        if (!column.generation().identity()) {
            return List.of();
        }
        String sequence = sequence().quoted();
        return List.of(
                // Changes nothing, but takes SHARE ROW EXCLUSIVE: whoever calls nextval by name waits from here on.
                "ALTER SEQUENCE " + sequence + " " + column.identityOptions().orElseThrow(),
                "CREATE SEQUENCE " + kept().quoted() + " MINVALUE -9223372036854775808",
                continueFrom(sequence(), kept()),
                alter() + "ALTER COLUMN " + quote(from) + " DROP IDENTITY");
    }

    /** @param to the column that gets it; it is NOT NULL */
    List<String> enter(String to) {
        if (!column.generation().identity()) {
            return List.of();
        }
        List<String> statements = new ArrayList<>();
        statements.add(identity(alter(), column.generation(), to, sequence(), column.identityOptions().orElseThrow()));
        statements.add(continueFrom(kept(), sequence()));
        statements.add("DROP SEQUENCE " + kept().quoted());
        subject.catalog().relation(sequence()).ifPresent(relation -> {
            relation.comment().ifPresent(comment -> statements
                    .add(CommentOn.sql("SEQUENCE " + sequence().quoted(), Optional.of(comment))));
            relation.grants().forEach(grant -> statements.add("GRANT " + grant.privilege() + " ON SEQUENCE "
                    + sequence().quoted() + grant.suffix()));
        });
        return statements;
    }

    static String identity(String alter, Column.Generation generation, String column, RelationName sequence,
            String options) {
        return alter + "ALTER COLUMN " + quote(column) + " ADD GENERATED "
                + (generation == Column.Generation.IDENTITY_ALWAYS ? "ALWAYS" : "BY DEFAULT")
                + " AS IDENTITY (SEQUENCE NAME " + sequence.quoted() + (options.isEmpty() ? "" : " " + options) + ")";
    }

    static String continueFrom(RelationName from, RelationName to) {
        return "SELECT pg_catalog.setval(" + Identifier.literal(to.quoted()) + ", last_value, is_called) FROM "
                + from.quoted();
    }

    private RelationName sequence() {
        return column.ownedSequence().orElseThrow();
    }

    private RelationName kept() {
        return RelationName.of(sequence().schema(),
                GeneratedName.of(sequence().name(), subject.release().name(), table.name(), "sequence"));
    }

    private String alter() {
        return "ALTER TABLE " + table.name().quoted() + " ";
    }
}
