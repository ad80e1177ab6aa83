package io.lockkeeper.planner.routine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.RoutineResult;
import io.lockkeeper.grammar.SyntaxError;
import io.lockkeeper.grammar.Token;
import io.lockkeeper.planner.routine.RoutineBody.Variable;

/**
 * PL/pgSQL for a parser that has no catalog: to it a variable {@code r orders%ROWTYPE} is a scalar, and {@code r.total := 1} a
 * mistake. Where it says so, the variable is declared {@code record}, which has any field, and the type is kept aside.
 */
public final class PlpgsqlText {

    private static final Pattern FIELD_OF_SCALAR = Pattern.compile("\"([^\".]+)\\.[^\"]+\" is not a known variable");
    private static final Set<String> AFTER_TYPE = Set.of(";", ":=", "=", "default", "not", "collate");

    private final PostgresGrammar grammar;
    private final Map<String, List<String>> rowTypes = new LinkedHashMap<>();

    /** @param rowTypes by variable: as declared, where the parser was told otherwise */
    public record Reading(RoutineResult result, Map<String, List<String>> rowTypes) {

        /** @param type as the parser has it */
        List<Variable> variables(String name, String type) {
            return rowTypes.getOrDefault(name, List.of(type)).stream().map(one -> new Variable(name, one)).toList();
        }
    }

    public PlpgsqlText(PostgresGrammar grammar) {
        this.grammar = grammar;
    }

    /** @param text of CREATE FUNCTION or DO; {@code body} is its body */
    public Reading read(String text, String body) {
        RoutineResult result = grammar.parsePlpgsql(text);
        String current = body;
        while (result instanceof SyntaxError error && text.contains(body)) {
            Matcher field = FIELD_OF_SCALAR.matcher(error.message());
            if (!field.find() || rowTypes.containsKey(field.group(1))) {
                break;
            }
            current = asRecord(current, field.group(1));
            result = grammar.parsePlpgsql(text.replace(body, current));
        }
        return new Reading(result, rowTypes);
    }

    private String asRecord(String body, String name) {
        List<Token> tokens = grammar.tokens(body).orElse(List.of()).stream()
                .filter(token -> token.kind() != Token.Kind.COMMENT).toList();
        StringBuilder changed = new StringBuilder(body);
        List<String> types = new ArrayList<>();
        for (int at = tokens.size() - 2; at > 0; at--) {
            if (named(tokens.get(at), name) && declares(tokens.get(at - 1))) {
                int from = tokens.get(at + 1).text().equalsIgnoreCase("constant") ? at + 2 : at + 1;
                int to = from;
                while (to < tokens.size() && !AFTER_TYPE.contains(tokens.get(to).text().toLowerCase(Locale.ROOT))) {
                    to++;
                }
                if (to > from && tokens.get(from).kind() != Token.Kind.SYMBOL) {
                    int start = tokens.get(from).offset();
                    int end = tokens.get(to - 1).end();
                    types.add(body.substring(start, end));
                    changed.replace(start, end, "record");
                }
            }
        }
        rowTypes.put(name, types);
        if (types.isEmpty()) {
            // An argument: a variable of the same name stands in front of it.
            tokens.stream().filter(token -> token.isKeyword("DECLARE") || token.isKeyword("BEGIN")).findFirst()
                    .ifPresent(first -> changed.insert(first.isKeyword("DECLARE") ? first.end() : first.offset(),
                            (first.isKeyword("DECLARE") ? " " : "DECLARE ") + name + " record; "));
        }
        return changed.toString();
    }

    private static boolean declares(Token before) {
        return before.isSymbol(";") || before.isKeyword("DECLARE");
    }

    private static boolean named(Token token, String name) {
        return token.text().startsWith("\"")
                ? token.text().equals('"' + name + '"')
                : token.text().toLowerCase(Locale.ROOT).equals(name);
    }
}
