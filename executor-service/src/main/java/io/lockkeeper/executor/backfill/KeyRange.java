package io.lockkeeper.executor.backfill;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;

/** SQL about ranges of a key. Keys travel as arrays of text, bound, and are cast to the types of their columns. */
final class KeyRange {

    private final Action.ChangeRows action;

    KeyRange(Action.ChangeRows action) {
        this.action = action;
    }

    /** The greatest key. */
    String last() {
        return "SELECT " + text() + " AS key FROM " + from() + " ORDER BY " + columns(" DESC") + " LIMIT 1";
    }

    /** The key that is {@code $3} rows on, between {@code $1} (exclusive; null: from the beginning) and {@code $2}. */
    String onwards(boolean begun) {
        return "SELECT " + text() + " AS key FROM " + from() + " WHERE " + within(begun) + " ORDER BY " + columns("")
                + " LIMIT 1 OFFSET $3::bigint";
    }

    /** The statement for rows above {@code $1}, where something was done before, up to {@code $2}. */
    String statement(boolean begun) {
        return action.where(within(begun));
    }

    RelationName table() {
        return action.table();
    }

    /** {@code day = 3, id = 20000}. */
    String named(List<String> key) {
        return IntStream.range(0, key.size()).mapToObj(i -> action.key().get(i).column() + " = " + key.get(i))
                .collect(Collectors.joining(", "));
    }

    private String within(boolean begun) {
        String row = "(" + columns("") + ")";
        // The first batch has no lower end; its parameter is named all the same, so that both forms take the same ones.
        return (begun ? row + " > (" + bound(1) + ")" : "$1::text[] IS NULL") + " AND " + row + " <= (" + bound(2)
                + ")";
    }

    private String from() {
        return action.table().quoted() + " AS " + Identifier.quote(action.alias());
    }

    private String text() {
        return "ARRAY[" + columns("::text") + "]";
    }

    private String columns(String suffix) {
        return action.key().stream()
                .map(key -> Identifier.quote(action.alias()) + "." + Identifier.quote(key.column()) + suffix)
                .collect(Collectors.joining(", "));
    }

    private String bound(int parameter) {
        List<Action.ChangeRows.KeyColumn> key = action.key();
        return IntStream.range(0, key.size())
                .mapToObj(i -> "($" + parameter + "::text[])[" + (i + 1) + "]::" + key.get(i).type())
                .collect(Collectors.joining(", "));
    }
}
