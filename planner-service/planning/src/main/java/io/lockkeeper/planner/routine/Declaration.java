package io.lockkeeper.planner.routine;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;
import io.lockkeeper.planner.catalog.Volatility;
import io.lockkeeper.planner.statement.Names;
import io.lockkeeper.planner.statement.TypeNames;

/**
 * A CREATE FUNCTION or PROCEDURE, as a team writes it or as {@code pg_get_functiondef} prints what is there: both are
 * read alike, and so can be compared.
 *
 * @param result     type as {@code format_type} prints it; {@code record} for several outputs; empty: procedure without
 *                   outputs
 * @param body       source text, or the tree of an SQL-standard body as text
 * @param properties those that the statement states, as clauses: {@code STABLE}, {@code COST 10}
 * @param settings   SET clauses by parameter; the value as PostgreSQL stores it, {@code FROM CURRENT} as such
 */
public record Declaration(RelationName name, boolean procedure, boolean window, List<Parameter> parameters,
        Optional<String> result, boolean returnsSet, String language, String body,
        Map<RoutineProperty, String> properties, Map<String, String> settings) {

    /** GUC_LIST_QUOTE of the server: each element of their value is quoted as an identifier. */
    private static final Set<String> LISTS = Set.of("search_path", "temp_tablespaces", "local_preload_libraries",
            "session_preload_libraries", "shared_preload_libraries", "unix_socket_directories");

    public Declaration {
        parameters = List.copyOf(parameters);
        properties = Map.copyOf(properties);
        settings = Map.copyOf(settings);
    }

    /** @param node a CreateFunctionStmt; its types are looked up in the catalog */
    public static Declaration of(SyntaxNode node, Catalog catalog) {
        return of(node, type -> TypeNames.argumentType(type, catalog));
    }

    /** @param types prints the type that a TypeName means */
    public static Declaration of(SyntaxNode node, Function<SyntaxNode, String> types) {
        List<Parameter> parameters = new ArrayList<>();
        for (SyntaxNode parameter : node.list("parameters")) {
            String type = types.apply(parameter.get("argType"));
            parameters.add(new Parameter(Parameter.Mode.of(parameter.string("mode")), parameter.string("name"), type,
                    parameter.find("defexpr").map(expression -> value(expression, type, types))));
        }
        SyntaxNode returned = node.get("returnType");
        boolean table = parameters.stream().anyMatch(parameter -> parameter.mode() == Parameter.Mode.TABLE);
        Options options = Options.of(node);
        return new Declaration(Names.of(node.strings("funcname")), node.flag("is_procedure"), options.window,
                parameters,
                result(parameters, node.flag("is_procedure"), returned, types), table || returned.flag("setof"),
                options.language, node.find("sql_body").map(Declaration::text).orElse(options.body),
                options.properties, options.settings);
    }

    /** What is there; empty where the server does not print it (aggregates) or a type is not known. */
    public static Optional<Declaration> of(Routine live, PostgresGrammar grammar, Catalog catalog) {
        return live.definition().map(grammar::parse).filter(Parsed.class::isInstance).map(Parsed.class::cast)
                .map(parsed -> of(parsed.statements().get(0).tree(), catalog));
    }

    private static Optional<String> result(List<Parameter> parameters, boolean procedure, SyntaxNode returned,
            Function<SyntaxNode, String> types) {
        List<String> outputs = parameters.stream().filter(Parameter::output).map(Parameter::type).toList();
        if (!outputs.isEmpty()) {
            return Optional.of(outputs.size() == 1 && !procedure ? outputs.get(0) : "record");
        }
        return returned.isMissing() ? Optional.empty() : Optional.of(types.apply(returned));
    }

    /** {@code 'x'} and {@code 'x'::text} are the same default of a text. */
    private static String value(SyntaxNode expression, String type, Function<SyntaxNode, String> types) {
        boolean cast = expression.is("TypeCast") && types.apply(expression.get("typeName")).equals(type);
        return text(cast ? expression.get("arg") : expression);
    }

    private static String text(SyntaxNode tree) {
        return tree.toString().replaceAll(",?\"(?:location|stmt_len|stmt_location)\":-?\\d+", "");
    }

    public List<Parameter> inputs() {
        return parameters.stream().filter(Parameter::input).toList();
    }

    public List<Parameter> outputs() {
        return parameters.stream().filter(Parameter::output).toList();
    }

    /** Whether another routine with these inputs is the same one to PostgreSQL. */
    public List<String> argumentTypes() {
        return inputs().stream().map(Parameter::type).toList();
    }

    String property(RoutineProperty property) {
        return properties.getOrDefault(property, property.unstated());
    }

    public boolean securityDefiner() {
        return property(RoutineProperty.SECURITY).equals("SECURITY DEFINER");
    }

    /** As the catalog would hold it. */
    public Routine routine() {
        Volatility volatility = Volatility.valueOf(property(RoutineProperty.VOLATILITY));
        Routine.Kind kind = window ? Routine.Kind.WINDOW : Routine.Kind.FUNCTION;
        return new Routine(name, procedure ? Routine.Kind.PROCEDURE : kind, argumentTypes(), result, volatility, body,
                Optional.empty(), false, false, Optional.empty());
    }

    private static final class Options {

        private String language = "sql";
        private String body = "";
        private boolean window;
        private final Map<RoutineProperty, String> properties = new EnumMap<>(RoutineProperty.class);
        private final Map<String, String> settings = new TreeMap<>();

        static Options of(SyntaxNode node) {
            Options options = new Options();
            node.list("options").forEach(options::read);
            return options;
        }

        private void read(SyntaxNode option) {
            SyntaxNode argument = option.get("arg");
            boolean yes = argument.flag("boolval");
            switch (option.string("defname")) {
                case "language" -> language = option.string("arg").toLowerCase(Locale.ROOT);
                case "as" -> body = String.join("\n", argument.strings("items"));
                case "window" -> window = yes;
                case "volatility" -> state(RoutineProperty.VOLATILITY, upper(option));
                case "strict" -> state(RoutineProperty.NULL_INPUT, yes ? "STRICT" : "CALLED ON NULL INPUT");
                case "security" -> state(RoutineProperty.SECURITY, yes ? "SECURITY DEFINER" : "SECURITY INVOKER");
                case "leakproof" -> state(RoutineProperty.LEAKPROOF, yes ? "LEAKPROOF" : "NOT LEAKPROOF");
                case "parallel" -> state(RoutineProperty.PARALLEL, "PARALLEL " + upper(option));
                case "cost" -> state(RoutineProperty.COST, "COST " + number(argument));
                case "rows" -> state(RoutineProperty.ROWS, "ROWS " + number(argument));
                case "support" -> state(RoutineProperty.SUPPORT,
                        "SUPPORT " + String.join(".", argument.strings("items")));
                case "set" -> settings.put(argument.string("name"), setting(argument));
                default -> {
                    // TRANSFORM: how a language sees a type, not what the routine promises.
                }
            }
        }

        private void state(RoutineProperty property, String clause) {
            properties.put(property, clause);
        }

        private static String upper(SyntaxNode option) {
            return option.string("arg").toUpperCase(Locale.ROOT);
        }

        private static String number(SyntaxNode number) {
            return number.is("Float")
                    ? number.string("fval").replaceFirst("\\.0*$", "")
                    : Integer.toString(number.integer("ival"));
        }

        private static String setting(SyntaxNode set) {
            if (!set.string("kind").equals("VAR_SET_VALUE")) {
                return "FROM CURRENT";
            }
            boolean list = LISTS.contains(set.string("name"));
            return set.list("args").stream().map(argument -> argument(argument, list))
                    .collect(Collectors.joining(", "));
        }

        private static String argument(SyntaxNode argument, boolean list) {
            if (argument.has("sval")) {
                String value = argument.get("sval").string("sval");
                return list ? '"' + value.replace("\"", "\"\"") + '"' : value;
            }
            return argument.has("fval") ? argument.get("fval").string("fval") : number(argument.get("ival"));
        }
    }
}
