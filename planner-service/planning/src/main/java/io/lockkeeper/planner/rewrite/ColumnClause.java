package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.Expressions;
import io.lockkeeper.planner.statement.Tokens;
import io.lockkeeper.planner.statement.TypeNames;

/**
 * A column's definition as ADD COLUMN and CREATE TABLE have it.
 *
 * @param serial      its type is serial, bigserial or smallserial
 * @param defaultText the expression as written, names qualified
 * @param sequenceOptions what stands in the parentheses behind IDENTITY
 * @param expression  of a generated column, names qualified
 * @param constraints CHECK, REFERENCES, UNIQUE and PRIMARY KEY behind the column
 */
record ColumnClause(String name, ColumnType type, boolean serial, boolean notNull, Optional<String> defaultText,
        Volatility defaultVolatility, Optional<String> collation, Column.Generation generation,
        String sequenceOptions, Optional<String> expression, List<SyntaxNode> constraints) {

    ColumnClause {
        constraints = List.copyOf(constraints);
    }

    /** @param end offset behind the definition */
    static ColumnClause of(Subject subject, SyntaxNode definition, int end) {
        SyntaxNode typeName = definition.get("typeName");
        List<String> typeNames = typeName.strings("names");
        Optional<String> serialOf = typeNames.size() == 1 ? serialType(typeNames.get(0)) : Optional.empty();
        ColumnType type = serialOf.map(sql -> integer(subject.catalog(), sql))
                .orElseGet(() -> TypeNames.columnType(typeName, subject.catalog()));
        boolean notNull = serialOf.isPresent();
        Optional<String> defaultText = Optional.empty();
        Volatility volatility = Volatility.IMMUTABLE;
        Column.Generation generation = Column.Generation.NONE;
        String sequenceOptions = "";
        Optional<String> expression = Optional.empty();
        List<SyntaxNode> constraints = new ArrayList<>();
        for (SyntaxNode constraint : definition.list("constraints")) {
            switch (constraint.string("contype")) {
                case "CONSTR_NOTNULL" -> notNull = true;
                case "CONSTR_DEFAULT" -> {
                    defaultText = Optional.of(defaultText(subject, definition, constraint, end));
                    volatility = Expressions.volatility(constraint.get("raw_expr"), subject.catalog());
                }
                case "CONSTR_IDENTITY" -> {
                    generation = constraint.string("generated_when").equals("a")
                            ? Column.Generation.IDENTITY_ALWAYS
                            : Column.Generation.IDENTITY_BY_DEFAULT;
                    notNull = true;
                    sequenceOptions = inParentheses(subject, constraint, "IDENTITY");
                }
                case "CONSTR_GENERATED" -> {
                    generation = constraint.string("generated_kind").equals("v")
                            ? Column.Generation.VIRTUAL
                            : Column.Generation.STORED;
                    expression = Optional.of(inParentheses(subject, constraint, "AS"));
                }
                case "CONSTR_PRIMARY" -> {
                    notNull = true;
                    constraints.add(constraint);
                }
                case "CONSTR_NULL" -> {
                    // Says what holds anyway.
                }
                default -> constraints.add(constraint);
            }
        }
        return new ColumnClause(definition.string("colname"), type, serialOf.isPresent(), notNull, defaultText,
                volatility, collation(definition), generation, sequenceOptions, expression, constraints);
    }

    Column column() {
        return Column.of(name, type).withNotNull(notNull).withDefault(defaultText).withGeneration(generation)
                .withType(type, collation);
    }

    /** {@code "name" type COLLATE …}, without default and constraints. */
    String declaration() {
        return quote(name) + " " + type.sql() + collation.map(c -> " COLLATE " + c).orElse("");
    }

    private static Optional<String> serialType(String name) {
        return switch (name) {
            case "smallserial", "serial2" -> Optional.of("int2");
            case "serial", "serial4" -> Optional.of("int4");
            case "bigserial", "serial8" -> Optional.of("int8");
            default -> Optional.empty();
        };
    }

    private static ColumnType integer(Catalog catalog, String name) {
        RelationName base = RelationName.of("pg_catalog", name);
        return new ColumnType(base, catalog.types().get(base).sql());
    }

    private static Optional<String> collation(SyntaxNode definition) {
        List<String> names = definition.get("collClause").strings("collname");
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join(".", names.stream().map(n -> quote(n)).toList()));
    }

    /** What stands in the parentheses behind the key word, empty without. */
    static String inParentheses(Subject subject, SyntaxNode constraint, String word) {
        Tokens tokens = subject.text().tokens();
        int keyword = tokens.indexAt(constraint.location().orElseThrow());
        while (!tokens.list().get(keyword).word(word)) {
            keyword++;
        }
        int open = keyword + 1;
        if (open >= tokens.list().size() || !tokens.list().get(open).symbol("(")) {
            return "";
        }
        // To its last token: a comment behind it would swallow the parenthesis.
        return subject.text().slice(tokens.list().get(open).end(),
                tokens.list().get(tokens.closing(open) - 1).end());
    }

    /** From behind DEFAULT to where the next part of the definition begins. */
    private static String defaultText(Subject subject, SyntaxNode definition, SyntaxNode constraint, int end) {
        Tokens tokens = subject.text().tokens();
        int location = constraint.location().orElseThrow();
        int keyword = tokens.indexAt(location);
        while (!tokens.list().get(keyword).word("DEFAULT")) {
            keyword++;
        }
        int until = end;
        for (SyntaxNode other : definition.list("constraints")) {
            until = nearer(other.location(), location, until);
        }
        until = nearer(definition.get("collClause").location(), location, until);
        // To its last token: a comment behind it would swallow what we put after it.
        int last = tokens.list().get(tokens.indexAt(until) - 1).end();
        return subject.text().slice(tokens.list().get(keyword).end(), last);
    }

    private static int nearer(OptionalInt other, int location, int until) {
        return other.isPresent() && other.getAsInt() > location ? Math.min(other.getAsInt(), until) : until;
    }
}
