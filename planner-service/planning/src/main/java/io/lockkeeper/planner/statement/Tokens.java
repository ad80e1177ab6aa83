package io.lockkeeper.planner.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tokens of a statement, without comments and white space. The parser tells where an expression begins but not where
 * it ends; commas and parentheses outside of strings do.
 */
public final class Tokens {

    private final String text;
    private final List<Token> list;

    private Tokens(String text, List<Token> list) {
        this.text = text;
        this.list = list;
    }

    /** @param text SQL that has been parsed, so that every string and parenthesis in it is closed */
    public static Tokens of(String text) {
        return new Tokens(text, new Scanner(text).scan());
    }

    public List<Token> list() {
        return list;
    }

    /** Index of the first token that starts at {@code offset} or after it; the number of tokens if there is none. */
    public int indexAt(int offset) {
        for (int index = 0; index < list.size(); index++) {
            if (list.get(index).start() >= offset) {
                return index;
            }
        }
        return list.size();
    }

    /** Index of the first such word at or after {@code from} that stands outside of parentheses. */
    public Optional<Integer> find(String word, int from) {
        for (int index = from; index < list.size(); index++) {
            if (list.get(index).word(word) && list.get(index).depth() == 0) {
                return Optional.of(index);
            }
        }
        return Optional.empty();
    }

    /** Index behind a possibly qualified name that begins at {@code index}. */
    public int afterName(int index) {
        int next = index + 1;
        while (next + 1 < list.size() && list.get(next).symbol(".")) {
            next += 2;
        }
        return next;
    }

    /** Index of the parenthesis that closes the one at {@code open}. */
    public int closing(int open) {
        for (int index = open + 1; index < list.size(); index++) {
            if (list.get(index).symbol(")") && list.get(index).depth() == list.get(open).depth()) {
                return index;
            }
        }
        throw new IllegalArgumentException("no closing parenthesis in a parsed statement");
    }

    /**
     * The parts between commas, as ranges of offsets without the white space around them.
     *
     * @param from index of the first token, {@code to} of the one after the last; commas count at the depth of the first
     */
    public List<Range> split(int from, int to) {
        List<Range> parts = new ArrayList<>();
        int depth = from < list.size() ? list.get(from).depth() : 0;
        int first = from;
        for (int index = from; index <= to; index++) {
            boolean end = index == to;
            if (end || list.get(index).symbol(",") && list.get(index).depth() == depth) {
                if (index > first) {
                    parts.add(new Range(list.get(first).start(), list.get(index - 1).end(), first, index));
                }
                first = index + 1;
            }
        }
        return parts;
    }

    public String slice(Range range) {
        return text.substring(range.start(), range.end());
    }

    /** Offsets of a piece of text, and the indexes of its tokens ({@code to} exclusive). */
    public record Range(int start, int end, int from, int to) {}

    private static final class Scanner {

        private final String text;
        private final List<Token> tokens = new ArrayList<>();
        private int at;
        private int depth;

        Scanner(String text) {
            this.text = text;
        }

        List<Token> scan() {
            while (at < text.length()) {
                char c = text.charAt(at);
                if (Character.isWhitespace(c)) {
                    at++;
                } else if (text.startsWith("--", at)) {
                    int newline = text.indexOf('\n', at);
                    at = newline < 0 ? text.length() : newline;
                } else if (text.startsWith("/*", at)) {
                    skipComment();
                } else {
                    token(c);
                }
            }
            return List.copyOf(tokens);
        }

        private void token(char c) {
            if (c == '\'') {
                string(at, at + 1, false);
            } else if (isPrefixedString()) {
                int quote = text.indexOf('\'', at);
                string(at, quote + 1, c == 'e' || c == 'E');
            } else if (c == '"') {
                add(Token.Kind.QUOTED, closingQuote(at + 1, '"', false));
            } else if (c == '$' && dollarTag() != null) {
                String tag = dollarTag();
                add(Token.Kind.STRING, text.indexOf(tag, at + tag.length()) + tag.length());
            } else if (isWordStart(c)) {
                int end = at;
                while (end < text.length() && (isWordStart(text.charAt(end)) || Character.isDigit(text.charAt(end))
                        || text.charAt(end) == '$')) {
                    end++;
                }
                add(Token.Kind.WORD, end);
            } else if (Character.isDigit(c)
                    || c == '.' && at + 1 < text.length() && Character.isDigit(text.charAt(at + 1))) {
                number();
            } else {
                symbol(c);
            }
        }

        private void symbol(char c) {
            if (c == ')' || c == ']') {
                depth--;
            }
            add(Token.Kind.SYMBOL, at + 1);
            if (c == '(' || c == '[') {
                depth++;
            }
        }

        private void number() {
            int end = at;
            while (end < text.length()) {
                char c = text.charAt(end);
                boolean exponentSign = (c == '+' || c == '-') && Character.toLowerCase(text.charAt(end - 1)) == 'e'
                        && !text.startsWith("0x", at) && !text.startsWith("0X", at);
                if (!Character.isLetterOrDigit(c) && c != '.' && c != '_' && !(end > at && exponentSign)) {
                    break;
                }
                end++;
            }
            add(Token.Kind.NUMBER, end);
        }

        private void string(int start, int body, boolean escapes) {
            at = start;
            add(Token.Kind.STRING, closingQuote(body, '\'', escapes));
        }

        private boolean isPrefixedString() {
            char c = Character.toLowerCase(text.charAt(at));
            return (c == 'e' || c == 'b' || c == 'x' || c == 'n') && at + 1 < text.length()
                    && text.charAt(at + 1) == '\'' || c == 'u' && text.startsWith("&'", at + 1);
        }

        private int closingQuote(int from, char quote, boolean escapes) {
            int index = from;
            while (true) {
                char c = text.charAt(index);
                if (escapes && c == '\\') {
                    index += 2;
                } else if (c == quote) {
                    if (index + 1 < text.length() && text.charAt(index + 1) == quote) {
                        index += 2;
                    } else {
                        return index + 1;
                    }
                } else {
                    index++;
                }
            }
        }

        private String dollarTag() {
            int end = at + 1;
            while (end < text.length() && (isWordStart(text.charAt(end)) || Character.isDigit(text.charAt(end)))) {
                end++;
            }
            return end < text.length() && text.charAt(end) == '$' ? text.substring(at, end + 1) : null;
        }

        private void skipComment() {
            int open = 0;
            do {
                if (text.startsWith("/*", at)) {
                    open++;
                    at += 2;
                } else if (text.startsWith("*/", at)) {
                    open--;
                    at += 2;
                } else {
                    at++;
                }
            } while (open > 0 && at < text.length());
        }

        private void add(Token.Kind kind, int end) {
            tokens.add(new Token(kind, text.substring(at, end), at, end, depth));
            at = end;
        }

        private static boolean isWordStart(char c) {
            return Character.isLetter(c) || c == '_' || c >= 0x80;
        }
    }
}
