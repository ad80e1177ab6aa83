package io.lockkeeper.planner.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedRoutines;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;

/** The SQL inside of routines and DO blocks, as far as the parser sees it: what EXECUTE puts together stays unseen. */
final class RoutineBodies {

    private RoutineBodies() {}

    /** @param text of a statement, {@code tree} its tree */
    static List<SyntaxNode> of(PostgresGrammar grammar, String text, SyntaxNode tree) {
        if (!tree.is("DoStmt") && !tree.is("CreateFunctionStmt")) {
            return List.of();
        }
        List<SyntaxNode> statements = new ArrayList<>();
        String language = tree.is("DoStmt") ? "plpgsql" : "sql";
        String body = "";
        for (SyntaxNode option : tree.list(tree.is("DoStmt") ? "args" : "options")) {
            switch (option.string("defname")) {
                case "as" -> body = tree.is("DoStmt")
                        ? option.string("arg")
                        : String.join("\n", option.get("arg").strings("items"));
                case "language" -> language = option.string("arg");
                default -> {
                    // Says nothing about the body.
                }
            }
        }
        if (language.equals("sql")) {
            statements.addAll(parsed(grammar, body));
        } else if (language.equals("plpgsql") && grammar.parsePlpgsql(text) instanceof ParsedRoutines routines) {
            routines.routines().stream().flatMap(SyntaxNode::typedNodes).filter(node -> node.is("PLpgSQL_expr"))
                    .flatMap(expression -> expression(grammar, expression.string("query")))
                    .forEach(statements::add);
        }
        return statements;
    }

    /** A statement, an expression, or an assignment {@code target := expression}. */
    private static Stream<SyntaxNode> expression(PostgresGrammar grammar, String query) {
        List<SyntaxNode> whole = parsed(grammar, query);
        List<SyntaxNode> found = whole.isEmpty() ? parsed(grammar, "SELECT " + query) : whole;
        return found.isEmpty()
                ? parsed(grammar, "SELECT " + query.replaceFirst("^[^=]*?:?=", "")).stream()
                : found.stream();
    }

    private static List<SyntaxNode> parsed(PostgresGrammar grammar, String sql) {
        return grammar.parse(sql) instanceof Parsed parsed
                ? parsed.statements().stream().map(ParsedStatement::tree).toList()
                : List.of();
    }
}
