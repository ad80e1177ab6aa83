package io.lockkeeper.planner.statement;

import java.util.Locale;

/**
 * A lexical element of a statement that PostgreSQL's parser has already accepted.
 *
 * @param start offset of its first character, {@code end} of the one after its last
 * @param depth how many parentheses and brackets are open around it; a parenthesis has the depth outside it
 */
public record Token(Kind kind, String text, int start, int end, int depth) {

    public enum Kind {
        /** Key word or plain identifier. */
        WORD,
        /** Identifier in double quotes. */
        QUOTED,
        STRING,
        NUMBER,
        /** One character. */
        SYMBOL
    }

    public boolean word(String keyword) {
        return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
    }

    public boolean symbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    public boolean identifier() {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }

    /** The name that an identifier stands for. */
    public String name() {
        return kind == Kind.QUOTED
                ? text.substring(1, text.length() - 1).replace("\"\"", "\"")
                : text.toLowerCase(Locale.ROOT);
    }
}
