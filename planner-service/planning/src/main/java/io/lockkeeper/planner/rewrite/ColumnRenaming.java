package io.lockkeeper.planner.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.ParsedStatement;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.planner.statement.Token;
import io.lockkeeper.planner.statement.Tokens;

/**
 * Definitions as the server prints them, with one column for another: what stands on the old column is built a second
 * time on the new one. The parser says where the column is meant, so a function or operator class of the same name stays.
 */
final class ColumnRenaming {

    private final PostgresGrammar grammar;
    private final String from;
    private final String to;

    ColumnRenaming(PostgresGrammar grammar, String from, String to) {
        this.grammar = grammar;
        this.from = from;
        this.to = Identifier.quote(to);
    }

    /** @param definition {@code CHECK (…)}, {@code NOT VALID} or not */
    String inCheck(String definition) {
        String head = "ALTER TABLE t ADD ";
        return replace(head + definition, references(parse(head + definition).tree())).substring(head.length());
    }

    /** @param definition {@code PRIMARY KEY (…)} or {@code UNIQUE (…)}: what is no key word is a column */
    String inKey(String definition) {
        TreeMap<Integer, Integer> places = new TreeMap<>();
        Tokens.of(definition).list().stream()
                .filter(token -> token.depth() > 0 && token.identifier() && token.name().equals(from))
                .forEach(token -> places.put(token.start(), token.end()));
        return replace(definition, places);
    }

    /** {@code CREATE INDEX CONCURRENTLY <name> ON …} for {@code CREATE INDEX … ON …}. */
    String inIndex(String definition, String name) {
        ParsedStatement statement = parse(definition);
        SyntaxNode tree = statement.tree();
        Tokens tokens = Tokens.of(statement.text());
        TreeMap<Integer, Integer> places = references(tree);
        int index = tokens.find("INDEX", 0).orElseThrow();
        int open = tokens.afterName(tokens.indexAt(tree.get("relation").location().orElseThrow()));
        while (!tokens.list().get(open).symbol("(")) {
            open++;
        }
        places.putAll(elements(tokens, open, tree.list("indexParams")));
        tokens.find("INCLUDE", open).ifPresent(
                include -> places.putAll(elements(tokens, include + 1, tree.list("indexIncludingParams"))));
        Token oldName = tokens.list().get(index + 1);
        String renamed = replace(statement.text(), places);
        // The name stands before every column, so its offsets are still right.
        return renamed.substring(0, oldName.start()) + "CONCURRENTLY " + Identifier.quote(name)
                + renamed.substring(oldName.end());
    }

    /** The operator classes and expressions of an index, for who must know whether another type would serve. */
    static boolean plain(PostgresGrammar grammar, String definition) {
        SyntaxNode tree = parse(grammar, definition).tree();
        return !tree.has("whereClause") && tree.list("indexParams").stream()
                .allMatch(element -> element.has("name") && !element.has("opclass") && !element.has("collation"));
    }

    private TreeMap<Integer, Integer> elements(Tokens tokens, int open, List<SyntaxNode> elements) {
        List<Tokens.Range> ranges = tokens.split(open + 1, tokens.closing(open));
        TreeMap<Integer, Integer> places = new TreeMap<>();
        for (int i = 0; i < elements.size(); i++) {
            Token first = tokens.list().get(ranges.get(i).from());
            if (elements.get(i).string("name").equals(from)) {
                places.put(first.start(), first.end());
            }
        }
        return places;
    }

    /** Start and end of every mention of the column in expressions. */
    private TreeMap<Integer, Integer> references(SyntaxNode tree) {
        TreeMap<Integer, Integer> places = new TreeMap<>();
        List<SyntaxNode> found = new ArrayList<>(tree.typedNodes().filter(node -> node.is("ColumnRef")
                && node.strings("fields").equals(List.of(from))).toList());
        found.forEach(node -> places.put(node.location().orElseThrow(), -1));
        return places;
    }

    private String replace(String text, TreeMap<Integer, Integer> places) {
        Tokens tokens = Tokens.of(text);
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (int start : places.keySet()) {
            out.append(text, at, start).append(to);
            at = tokens.list().get(tokens.indexAt(start)).end();
        }
        return out.append(text.substring(at)).toString();
    }

    private ParsedStatement parse(String sql) {
        return parse(grammar, sql);
    }

    static ParsedStatement parse(PostgresGrammar grammar, String sql) {
        if (grammar.parse(sql) instanceof Parsed parsed && parsed.statements().size() == 1) {
            return parsed.statements().get(0);
        }
        throw new IllegalStateException("the server's own definition does not parse: " + sql);
    }
}
