package io.lockkeeper.planner.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Column.Generation;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Symbols;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.Token;
import io.lockkeeper.planner.statement.Tokens;

/**
 * A column as ADD COLUMN and CREATE TABLE define it.
 *
 * @param volatility  of the default; absent without one
 * @param constraints CHECK, REFERENCES, UNIQUE, PRIMARY KEY, EXCLUDE behind the column
 */
record ColumnDefinition(Column column, boolean serial, Optional<Volatility> volatility, List<SyntaxNode> constraints) {

    private static final Map<String, String> SERIAL = Map.of("smallserial", "int2", "serial2", "int2", "serial",
            "int4", "serial4", "int4", "bigserial", "int8", "serial8", "int8");

    private static final Set<String> BEHIND = Set.of("NOT", "NULL", "CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY",
            "REFERENCES", "COLLATE", "GENERATED");

    static ColumnDefinition of(SyntaxNode definition, Catalog catalog, String text) {
        SyntaxNode typeName = definition.get("typeName");
        List<String> names = typeName.strings("names");
        Optional<String> serial = names.size() == 1 ? Optional.ofNullable(SERIAL.get(names.get(0))) : Optional.empty();
        ColumnType type = serial.map(name -> integer(catalog, name)).orElseGet(() -> Written.type(typeName, catalog));
        Column column = Column.of(definition.string("colname"), type).withNotNull(serial.isPresent())
                .withType(type, collation(definition)).withDefault(serial.map(name -> "nextval"));
        Optional<Volatility> volatility = serial.map(name -> Volatility.VOLATILE);
        List<SyntaxNode> constraints = new ArrayList<>();
        for (SyntaxNode constraint : definition.list("constraints")) {
            switch (constraint.string("contype")) {
                case "CONSTR_NOTNULL" -> column = column.withNotNull(true);
                case "CONSTR_DEFAULT" -> {
                    column = column.withDefault(Optional.of(text(constraint.get("raw_expr"), text)));
                    volatility = Optional.of(Written.volatility(constraint.get("raw_expr"), catalog));
                }
                case "CONSTR_IDENTITY" -> column = column.withNotNull(true)
                        .withGeneration(constraint.string("generated_when").equals("a")
                                ? Generation.IDENTITY_ALWAYS
                                : Generation.IDENTITY_BY_DEFAULT);
                case "CONSTR_GENERATED" -> column = column.withGeneration(
                        constraint.string("generated_kind").equals("v") ? Generation.VIRTUAL : Generation.STORED);
                case "CONSTR_PRIMARY" -> {
                    column = column.withNotNull(true);
                    constraints.add(constraint);
                }
                case "CONSTR_NULL", "CONSTR_ATTR_DEFERRABLE", "CONSTR_ATTR_NOT_DEFERRABLE", "CONSTR_ATTR_DEFERRED",
                        "CONSTR_ATTR_IMMEDIATE", "CONSTR_ATTR_ENFORCED", "CONSTR_ATTR_NOT_ENFORCED" -> {
                    // Say nothing that locks or checks.
                }
                default -> constraints.add(constraint);
            }
        }
        return new ColumnDefinition(column, serial.isPresent(), volatility, constraints);
    }

    boolean numbersItself() {
        return serial || column.generation().identity();
    }

    boolean constrainedDomain(Catalog catalog) {
        return Optional.ofNullable(catalog.symbols().domains().get(column.type().base()))
                .filter(Symbols.Domain::constrained).isPresent();
    }

    /** What is worth saying about a new column whoever may use its table. */
    void findStyle(RelationName table, Effects effects) {
        String what = "column " + table + "." + column.name() + " is " + column.type().sql();
        if (column.type().builtIn("json")) {
            effects.find(Rule.JSON_COLUMN, what);
        }
        boolean strict = column.type().builtIn("bpchar") || column.type().builtIn("timestamp") || serial
                || column.type().builtIn("varchar") && !column.type().modifiers().isEmpty();
        if (strict) {
            effects.find(Rule.STRICT_TYPE, serial ? "column " + table + "." + column.name() + " is serial" : what);
        }
    }

    private static ColumnType integer(Catalog catalog, String name) {
        RelationName base = RelationName.of("pg_catalog", name);
        return new ColumnType(base, catalog.types().containsKey(base) ? catalog.types().get(base).sql() : name);
    }

    private static Optional<String> collation(SyntaxNode definition) {
        List<String> names = definition.get("collClause").strings("collname");
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join(".", names.stream().map(Identifier::quote).toList()));
    }

    /** An expression as it stands in the statement: to the comma, parenthesis or key word that cannot be part of it. */
    static String text(SyntaxNode expression, String statement) {
        int start = expression.typedNodes().mapToInt(node -> node.location().orElse(Integer.MAX_VALUE)).min()
                .orElse(Integer.MAX_VALUE);
        if (start >= statement.length()) {
            return "";
        }
        Tokens tokens = Tokens.of(statement);
        int first = tokens.indexAt(start);
        int depth = tokens.list().get(first).depth();
        int end = first + 1;
        while (end < tokens.list().size() && !endsBefore(tokens.list().get(end), depth)) {
            end++;
        }
        return statement.substring(tokens.list().get(first).start(), tokens.list().get(end - 1).end());
    }

    private static boolean endsBefore(Token token, int depth) {
        boolean outside = token.depth() < depth || token.depth() == depth && token.symbol(")");
        return outside || token.depth() == depth
                && (token.symbol(",") || BEHIND.contains(token.text().toUpperCase(Locale.ROOT)));
    }
}
