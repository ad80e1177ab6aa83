package io.lockkeeper.messages;

/** The one place where names become SQL. Values are never quoted, they are bound. */
public final class Identifier {

    private Identifier() {}

    /** {@code name} as a quoted SQL identifier, exactly that name: no case folding, no injection. */
    public static String quote(String name) {
        if (name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an identifier cannot hold a zero byte");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** {@code text} as a SQL string literal, for the few statements that take no parameters (COMMENT, DO, SET). */
    public static String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a literal cannot hold a zero byte");
        }
        String doubled = text.replace("'", "''");
        return text.indexOf('\\') < 0 ? "'" + doubled + "'" : " E'" + doubled.replace("\\", "\\\\") + "'";
    }
}
