package io.lockkeeper.planner.routine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Routine;

/**
 * The SQL inside of a routine or DO block, as far as it can be read.
 *
 * @param searchPath what the routine itself sets; empty: the session's
 * @param variables  of PL/pgSQL; arguments are among them
 * @param unread     why not all of it is here, as the end of a sentence about the routine
 * @param variablesFirst a name that a variable and a column have means the variable
 */
public record RoutineBody(List<Query> queries, List<Variable> variables, List<String> searchPath,
        boolean variablesFirst, Optional<String> unread) {

    /**
     * A statement, or an expression as the SELECT of it.
     *
     * @param text       locations in {@code tree} are offsets into it
     * @param record     the variable that takes its rows whole
     * @param byPosition its columns are told apart by their places
     */
    public record Query(String text, SyntaxNode tree, Optional<String> record, boolean byPosition) {

        Query(ParsedStatement statement, Optional<String> record, boolean byPosition) {
            this(statement.text(), statement.tree(), record, byPosition);
        }
    }

    /** @param type as declared; {@code record} may hold any row */
    public record Variable(String name, String type) {}

    public RoutineBody {
        queries = List.copyOf(queries);
        variables = List.copyOf(variables);
        searchPath = List.copyOf(searchPath);
    }

    /** @param text of a statement, {@code tree} its tree: other statements than CREATE FUNCTION and DO have no body */
    public static RoutineBody of(PostgresGrammar grammar, String text, SyntaxNode tree) {
        if (!tree.is("DoStmt") && !tree.is("CreateFunctionStmt")) {
            return new RoutineBody(List.of(), List.of(), List.of(), false, Optional.empty());
        }
        Written written = Written.of(tree);
        List<Variable> arguments = arguments(tree);
        return switch (written.language) {
            case "sql" -> sql(grammar, written, arguments);
            case "plpgsql" -> new PlpgsqlBody(grammar).read(text, written.body, arguments, written.path);
            default -> unread(written, "it is written in " + written.language);
        };
    }

    /** Of CREATE FUNCTION in the language SQL, as text or not; empty for other languages. */
    static Optional<RoutineBody> inSql(PostgresGrammar grammar, SyntaxNode tree) {
        Written written = Written.of(tree);
        if (!written.language.equals("sql")) {
            return Optional.empty();
        }
        return Optional.of(tree.has("sql_body")
                ? new RoutineBody(List.of(new Query("", tree.get("sql_body"), Optional.empty(), true)), List.of(),
                        written.path, false, Optional.empty())
                : sql(grammar, written, List.of()));
    }

    /** What a name without a schema means, where the body says where to look. */
    Optional<Relation> relation(String name, Catalog catalog) {
        return (searchPath.isEmpty() ? List.of(Catalog.DEFAULT_SCHEMA) : searchPath).stream()
                .filter(schema -> !schema.isEmpty())
                .flatMap(schema -> catalog.relation(RelationName.of(schema, name)).stream()).findFirst();
    }

    /** Of one that is in the catalog. */
    static RoutineBody of(Routine routine, PostgresGrammar grammar) {
        return routine.definition().map(grammar::parse).filter(Parsed.class::isInstance).map(Parsed.class::cast)
                .map(Parsed::statements).filter(statements -> statements.size() == 1)
                .map(statements -> of(grammar, statements.get(0).text(), statements.get(0).tree()))
                .orElseGet(() -> new RoutineBody(List.of(), List.of(), List.of(), false,
                        Optional.of("its definition is not known")));
    }

    /** By name and by place, {@code $1}. */
    private static List<Variable> arguments(SyntaxNode tree) {
        List<Variable> arguments = new ArrayList<>();
        for (SyntaxNode parameter : tree.list("parameters")) {
            String type = parameter.get("argType").strings("names").stream().map(Identifier::quote)
                    .collect(Collectors.joining("."))
                    + "[]".repeat(parameter.get("argType").list("arrayBounds").size());
            arguments.add(new Variable("$" + (arguments.size() / 2 + 1), type));
            arguments.add(new Variable(parameter.string("name"), type));
        }
        return arguments;
    }

    /** A routine's last query is its result, which has columns of its own. */
    private static RoutineBody sql(PostgresGrammar grammar, Written written, List<Variable> arguments) {
        if (!(grammar.parse(written.body) instanceof Parsed parsed)) {
            return unread(written, "its body is not understood");
        }
        int last = parsed.statements().size() - 1;
        return new RoutineBody(
                parsed.statements().stream()
                        .map(statement -> new Query(statement, Optional.empty(), statement.index() == last))
                        .toList(),
                arguments, written.path, false, Optional.empty());
    }

    private static RoutineBody unread(Written written, String why) {
        return new RoutineBody(List.of(), List.of(), written.path, false, Optional.of(why));
    }

    private static final class Written {

        private String language;
        private String body = "";
        private List<String> path = List.of();

        private Written(String language) {
            this.language = language;
        }

        static Written of(SyntaxNode tree) {
            Written written = new Written(tree.is("DoStmt") ? "plpgsql" : "sql");
            tree.list("args").forEach(option -> written.read(option, option.string("arg")));
            tree.list("options").forEach(
                    option -> written.read(option, String.join("\n", option.get("arg").strings("items"))));
            return written;
        }

        private void read(SyntaxNode option, String text) {
            switch (option.string("defname")) {
                case "as" -> body = text;
                case "language" -> language = option.string("arg").toLowerCase(Locale.ROOT);
                case "set" -> {
                    if (option.get("arg").string("name").equals("search_path")) {
                        path = option.get("arg").list("args").stream()
                                .map(schema -> schema.get("sval").string("sval")).toList();
                    }
                }
                default -> {
                    // Says nothing about the body.
                }
            }
        }
    }
}
