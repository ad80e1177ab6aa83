package io.lockkeeper.planner.statement;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Volatility;

/** What an expression needs and how it behaves, told by the catalog and not by word lists. */
public final class Expressions {

    /** What a DEFAULT may be made of for us to know its volatility. */
    private static final Set<String> UNDERSTOOD = Set.of("A_Const", "TypeCast", "FuncCall", "A_Expr",
            "SQLValueFunction", "CoalesceExpr", "CaseExpr", "CaseWhen", "A_ArrayExpr", "BoolExpr", "NullTest",
            "BooleanTest", "MinMaxExpr", "CollateClause", "String", "Integer", "Float", "List", "NamedArgExpr",
            "TypeName", "BitString", "Boolean");

    private Expressions() {}

    /**
     * The worst volatility of the functions that the expression calls.
     *
     * @throws RefusedStatement where the expression has a part whose behaviour is not known
     */
    public static Volatility volatility(SyntaxNode expression, Catalog catalog) {
        Volatility worst = Volatility.IMMUTABLE;
        for (SyntaxNode node : expression.typedNodes().toList()) {
            if (!UNDERSTOOD.contains(node.type())) {
                throw new RefusedStatement("unsupported-expression",
                        "the expression has a part that is not understood: " + node.type(), "",
                        "Use constants, functions and operators.");
            }
            Volatility own = switch (node.type()) {
                case "SQLValueFunction" -> Volatility.STABLE;
                case "FuncCall" -> ofFunction(node.strings("funcname"), catalog);
                // An operator of our own could call anything.
                case "A_Expr" -> catalog.symbols().foreignOperators().contains(lastOf(node.strings("name")))
                        && !builtinOperator(node) ? Volatility.VOLATILE : Volatility.IMMUTABLE;
                default -> Volatility.IMMUTABLE;
            };
            worst = own.compareTo(worst) > 0 ? own : worst;
        }
        return worst;
    }

    /** Names of the columns that an expression over one table mentions, in order. */
    public static List<String> columns(SyntaxNode expression) {
        Set<String> names = new LinkedHashSet<>();
        expression.typedNodes().filter(node -> node.is("ColumnRef"))
                .forEach(node -> names.add(lastOf(node.strings("fields"))));
        return List.copyOf(names);
    }

    /** The worst volatility of the functions of that name; one that nobody knows may do anything. */
    public static Volatility ofFunction(List<String> names, Catalog catalog) {
        String name = lastOf(names);
        String schema = names.size() > 1 ? names.get(names.size() - 2) : Catalog.DEFAULT_SCHEMA;
        Volatility worst = Volatility.IMMUTABLE;
        boolean known = false;
        if (names.size() == 1 || schema.equals("pg_catalog")) {
            Volatility builtin = catalog.symbols().builtinFunctions().get(name);
            known = builtin != null;
            worst = known ? builtin : worst;
        }
        for (Routine routine : catalog.routinesNamed(RelationName.of(schema, name))) {
            known = true;
            worst = routine.volatility().compareTo(worst) > 0 ? routine.volatility() : worst;
        }
        return known ? worst : Volatility.VOLATILE;
    }

    private static boolean builtinOperator(SyntaxNode node) {
        List<String> names = node.strings("name");
        return names.size() > 1 && names.get(0).equals("pg_catalog");
    }

    private static String lastOf(List<String> names) {
        return names.isEmpty() ? "" : names.get(names.size() - 1);
    }

    /** Columns that an EXCLUDE constraint compares, in order; an empty text stands for an expression. */
    public static List<String> excluded(SyntaxNode constraint) {
        return constraint.list("exclusions").stream().map(pair -> pair.list("items").get(0).string("name")).toList();
    }
}
