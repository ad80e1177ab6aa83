package io.lockkeeper.planner.rewrite;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.statement.Token;
import io.lockkeeper.planner.statement.Tokens;

/** Puts a condition on a key's range into the text of a statement, beside the one that it has. */
final class KeyRanges {

    private KeyRanges() {}

    /** @param end index of the token before which the condition ends */
    static Action.ChangeRows cut(Subject subject, RelationName table, String alias,
            List<Action.ChangeRows.KeyColumn> key, int end) {
        Tokens tokens = subject.text().tokens();
        Optional<Integer> where = tokens.find("WHERE", 0).filter(index -> index < end);
        String rest = end < tokens.list().size() ? " " + slice(subject, end, tokens.list().size()) : "";
        // Pieces end at their last token: a comment behind it would swallow what follows.
        return where.isPresent()
                ? new Action.ChangeRows(table, alias, key, slice(subject, 0, where.get()) + " WHERE (",
                        ") AND (" + slice(subject, where.get() + 1, end) + ")" + rest)
                : new Action.ChangeRows(table, alias, key, slice(subject, 0, end) + " WHERE (", ")" + rest);
    }

    static String alias(SyntaxNode rangeVar) {
        return rangeVar.has("alias") ? rangeVar.get("alias").string("aliasname") : rangeVar.string("relname");
    }

    private static String slice(Subject subject, int from, int to) {
        List<Token> list = subject.text().tokens().list();
        return subject.text().slice(list.get(from).start(), list.get(to - 1).end());
    }
}
