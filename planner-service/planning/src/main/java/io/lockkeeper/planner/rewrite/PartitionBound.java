package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.statement.Token;
import io.lockkeeper.planner.statement.Tokens;

/**
 * The bound of a new partition.
 *
 * @param text      as written: {@code FOR VALUES …} or {@code DEFAULT}
 * @param condition boolean SQL over the row that PostgreSQL recognises as what the bound asks; absent where none can be
 *                  written (DEFAULT, HASH, expressions in the key)
 * @param end       index of the token behind the bound
 */
record PartitionBound(String text, Optional<String> condition, int end) {

    /** @param from index of the token that the bound begins with */
    static PartitionBound of(Subject subject, Relation parent, SyntaxNode spec, int from) {
        Tokens tokens = subject.text().tokens();
        if (spec.flag("is_default")) {
            return new PartitionBound("DEFAULT", Optional.empty(), from + 1);
        }
        List<List<String>> lists = new ArrayList<>();
        int at = from;
        do {
            while (!tokens.list().get(at).symbol("(")) {
                at++;
            }
            int close = tokens.closing(at);
            lists.add(tokens.split(at + 1, close).stream().map(subject.text()::slice).toList());
            at = close + 1;
        } while (spec.string("strategy").equals("r") && lists.size() < 2);
        String text = subject.text().slice(tokens.list().get(from).start(), tokens.list().get(at - 1).end());
        return new PartitionBound(text, condition(parent, spec, lists), at);
    }

    private static Optional<String> condition(Relation parent, SyntaxNode spec, List<List<String>> lists) {
        List<String> key = parent.partition().key();
        if (key.contains("")) {
            return Optional.empty();
        }
        Optional<String> own = switch (spec.string("strategy")) {
            case "l" -> Optional.of(list(quote(key.get(0)), lists.get(0)));
            case "r" -> Optional.of(range(key, lists.get(0), lists.get(1)));
            default -> Optional.empty();
        };
        return own.map(condition -> parent.partition().constraint()
                .map(above -> "(" + above + ") AND " + condition).orElse(condition));
    }

    private static String list(String column, List<String> values) {
        List<String> present = values.stream().filter(value -> !value.equalsIgnoreCase("NULL")).toList();
        String in = column + " IN (" + String.join(", ", present) + ")";
        if (present.size() == values.size()) {
            return column + " IS NOT NULL AND " + in;
        }
        return present.isEmpty() ? column + " IS NULL" : "(" + column + " IS NULL OR " + in + ")";
    }

    private static String range(List<String> key, List<String> from, List<String> to) {
        List<String> parts = new ArrayList<>();
        key.forEach(column -> parts.add(quote(column) + " IS NOT NULL"));
        side(key, from, ">", "MAXVALUE", ">=").ifPresent(parts::add);
        side(key, to, "<", "MINVALUE", "<").ifPresent(parts::add);
        return String.join(" AND ", parts);
    }

    /**
     * Row by row, as PostgreSQL spells it: {@code (a > 1 OR a = 1 AND b >= 2)}.
     *
     * @param strict  compares the columns before the last
     * @param exclude the unbounded value that leaves equality of the columns before it out
     * @param last    compares the last column
     */
    private static Optional<String> side(List<String> key, List<String> values, String strict, String exclude,
            String last) {
        List<String> alternatives = new ArrayList<>();
        StringBuilder equal = new StringBuilder();
        for (int i = 0; i < key.size() && !unbounded(values.get(i)); i++) {
            boolean ends = i + 1 == key.size() || unbounded(values.get(i + 1));
            String operator = !ends
                    ? strict
                    : i + 1 == key.size()
                            ? last
                            : values.get(i + 1).equalsIgnoreCase(exclude) ? strict : strict + "=";
            alternatives.add(equal + quote(key.get(i)) + " " + operator + " " + values.get(i));
            equal.append(quote(key.get(i))).append(" = ").append(values.get(i)).append(" AND ");
        }
        return alternatives.isEmpty()
                ? Optional.empty()
                : Optional.of(alternatives.size() == 1
                        ? alternatives.get(0)
                        : "(" + String.join(" OR ", alternatives) + ")");
    }

    private static boolean unbounded(String value) {
        return value.equalsIgnoreCase("MINVALUE") || value.equalsIgnoreCase("MAXVALUE");
    }

    /** Index of the token with which the bound begins. */
    static int begin(Subject subject, int from) {
        List<Token> list = subject.text().tokens().list();
        int at = from;
        while (!list.get(at).word("DEFAULT") && !(list.get(at).word("FOR") && list.get(at + 1).word("VALUES"))) {
            at++;
        }
        return at;
    }
}
