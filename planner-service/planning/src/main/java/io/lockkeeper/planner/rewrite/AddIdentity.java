package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.RefusedStatement;

/**
 * ADD GENERATED … AS IDENTITY on a column that is there: a catalog update under ACCESS EXCLUSIVE. ALWAYS refuses the numbers
 * that old writers give, so it comes when they are gone; and so does BY DEFAULT, because the NOT NULL that it asks for may
 * come no earlier.
 */
final class AddIdentity implements Rewrite {

    private static final Set<String> INTEGERS = Set.of("int2", "int4", "int8");

    @Override
    public Set<String> takes() {
        return Set.of("AT_AddIdentity");
    }

    @Override
    public Sequence rewrite(Subject subject) {
        Relation table = subject.table();
        Column column = subject.column(table, subject.node().string("name"));
        SyntaxNode definition = subject.node().get("def");
        Column.Generation generation = definition.string("generated_when").equals("a")
                ? Column.Generation.IDENTITY_ALWAYS
                : Column.Generation.IDENTITY_BY_DEFAULT;
        String options = ColumnClause.inParentheses(subject, definition, "IDENTITY");
        refuse(table, column, options);
        String schema = table.name().schema();
        RelationName sequence = RelationName.of(schema, subject.catalog().freeName(schema,
                GeneratedName.conventional(table.name().name(), column.name(), "seq"), ignored -> false));
        Catalog after = subject.catalog().withTakenName(sequence).with(table.changeColumn(column.name(),
                c -> c.withGeneration(generation).withOwnedSequence(sequence, Optional.of(options))));
        if (table.created()) {
            return Sequence.of(after, FreshTable.asWritten(subject, table));
        }
        String place = table.name() + "." + column.name();
        String alter = "ALTER TABLE " + table.name().quoted() + " ";
        Sequence planned = Sequence.of(after, Draft.ddl(subject.release().tighten(),
                "add-identity-" + table.name().name() + "-" + column.name(),
                "Let " + place + " number itself as an identity column",
                List.of(IdentityMove.identity(alter, generation, column.name(), sequence, options)),
                Draft.lock(table.name(), LockMode.ACCESS_EXCLUSIVE))
                .undoneBy(alter + "ALTER COLUMN " + Identifier.quote(column.name()) + " DROP IDENTITY"))
                .withTolerance(Tolerance.Side.NEW_WRITERS, generation == Column.Generation.IDENTITY_ALWAYS
                        ? "give " + place + " a number until it is an identity column, and none from then on"
                        : "give " + place + " a number until it is an identity column");
        return options.toUpperCase(Locale.ROOT).contains("START")
                ? planned
                : planned
                        .withNote("the counter of " + place + " begins at 1: set it behind the largest number in use by"
                                + " setval before anybody leaves the column out, or say START WITH");
    }

    private static void refuse(Relation table, Column column, String options) {
        String place = "column " + table.name() + "." + column.name();
        if (column.generation() != Column.Generation.NONE) {
            throw new RefusedStatement("generated-column", place + " is generated already", "PostgreSQL would refuse.",
                    "Leave the statement out.");
        }
        if (column.defaultExpression().isPresent()) {
            throw new RefusedStatement("default-exists", place + " has a default",
                    "PostgreSQL would refuse; and between DROP DEFAULT and this statement an INSERT that leaves the column"
                            + " out would fail.",
                    column.ownedSequence().isPresent()
                            ? "Keep it as it is: a serial column numbers its rows just so."
                            : "Drop the default in a release before, once every writer gives the number.");
        }
        if (!column.notNull() || !INTEGERS.contains(column.type().base().name())) {
            throw new RefusedStatement("identity-column", place + " may be NULL, or is no integer",
                    "PostgreSQL would refuse.", "Say SET NOT NULL before it, and give it an integer type.");
        }
        if (options.toUpperCase(Locale.ROOT).contains("SEQUENCE")) {
            throw new RefusedStatement("unsupported-statement", "SEQUENCE NAME is not supported here", "",
                    "Leave it out: the sequence is named after table and column.");
        }
    }
}
