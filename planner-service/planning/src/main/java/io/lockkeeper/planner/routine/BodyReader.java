package io.lockkeeper.planner.routine;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.grammar.Token;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Routine;

/**
 * Finds routines that need a column, a relation or another routine. PostgreSQL keeps bodies as text and says nothing of what
 * they use: they fail when they are called. So they are parsed, and their names looked up as the server would do it; only
 * where a body cannot be read, words count, and that is said.
 */
public final class BodyReader {

    private final Catalog catalog;
    private final PostgresGrammar grammar;

    /** @param unread why it is not known but possible; empty: the body names it */
    public record Mention(Routine routine, Optional<String> unread) {

        public boolean certain() {
            return unread.isEmpty();
        }
    }

    public BodyReader(Catalog catalog, PostgresGrammar grammar) {
        this.catalog = catalog;
        this.grammar = grammar;
    }

    public List<Mention> ofColumn(RelationName table, String column) {
        return catalog.routines().stream().flatMap(routine -> ofColumn(routine, table, column).stream()).toList();
    }

    public List<Mention> ofRelation(RelationName relation) {
        return catalog.routines().stream().flatMap(routine -> ofRelation(routine, relation).stream()).toList();
    }

    public Optional<Mention> ofColumn(Routine routine, RelationName table, String column) {
        // Without a word of it there is nothing to parse.
        if (!hasWord(routine.body(), column) && !hasWord(routine.body(), table.name()) && !firesOn(table, routine)) {
            return Optional.empty();
        }
        BodyNames names = names(routine);
        Set<RelationName> tree = new HashSet<>(catalog.tree(table));
        if (names.columns().stream().anyMatch(use -> tree.contains(use.relation()) && use.column().equals(column))) {
            return Optional.of(new Mention(routine, Optional.empty()));
        }
        boolean near = names.tables().stream().anyMatch(tree::contains) || hasWord(code(routine), table.name());
        if (names.unread().isPresent() && near && hasWord(code(routine), column)) {
            return Optional.of(new Mention(routine, names.unread()));
        }
        return names.fields().contains(column) && names.relations().stream().anyMatch(tree::contains)
                ? Optional.of(new Mention(routine,
                        Optional.of("it reads " + column + " of a row whose columns are not written")))
                : Optional.empty();
    }

    private boolean firesOn(RelationName table, Routine routine) {
        return catalog.tree(table).stream().flatMap(name -> catalog.relation(name).stream())
                .anyMatch(relation -> relation.triggers().stream()
                        .anyMatch(trigger -> trigger.function().equals(routine.name())));
    }

    public Optional<Mention> ofRelation(Routine routine, RelationName relation) {
        if (!hasWord(routine.body(), relation.name())) {
            return Optional.empty();
        }
        BodyNames names = names(routine);
        return mention(routine, names, names.relations().contains(relation), relation.name());
    }

    /** @param arity with how many arguments {@code called} can be called */
    public Optional<Mention> ofRoutine(Routine routine, RelationName called, Arity arity) {
        if (!hasWord(routine.body(), called.name())) {
            return Optional.empty();
        }
        BodyNames names = names(routine);
        boolean calls = names.calls().stream().anyMatch(call -> means(call.name(), called)
                && arity.meets(new Arity(call.arguments(), call.arguments())));
        return mention(routine, names, calls, called.name());
    }

    private static boolean means(List<String> written, RelationName name) {
        return written.get(written.size() - 1).equals(name.name())
                && (written.size() == 1 || written.get(written.size() - 2).equals(name.schema()));
    }

    private Optional<Mention> mention(Routine routine, BodyNames names, boolean certain, String word) {
        if (certain) {
            return Optional.of(new Mention(routine, Optional.empty()));
        }
        return names.unread().isPresent() && hasWord(code(routine), word)
                ? Optional.of(new Mention(routine, names.unread()))
                : Optional.empty();
    }

    private BodyNames names(Routine routine) {
        return BodyNames.of(routine, RoutineBody.of(routine, grammar), catalog);
    }

    /** Without comments. */
    private String code(Routine routine) {
        return grammar.tokens(routine.body())
                .map(tokens -> tokens.stream().filter(token -> token.kind() != Token.Kind.COMMENT).map(Token::text)
                        .collect(Collectors.joining(" ")))
                .orElse(routine.body());
    }

    private static boolean hasWord(String text, String name) {
        return Pattern.compile("(?<![\\w$])" + Pattern.quote(name) + "(?![\\w$])", Pattern.CASE_INSENSITIVE)
                .matcher(text).find();
    }
}
