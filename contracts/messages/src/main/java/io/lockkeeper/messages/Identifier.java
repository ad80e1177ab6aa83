package io.lockkeeper.messages;

import java.nio.charset.StandardCharsets;

/** The one place where names become SQL. Values are never quoted, they are bound. */
public final class Identifier {

    /** {@code NAMEDATALEN} - 1, in bytes. */
    private static final int LONGEST = 63;

    private Identifier() {}

    /** {@code name} as a quoted SQL identifier, exactly that name: no case folding, no injection. */
    public static String quote(String name) {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("an identifier cannot be empty");
        }
        if (name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("an identifier cannot hold a zero byte");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            // The server would cut it and go on with another object.
            throw new IllegalArgumentException("an identifier cannot be longer than 63 bytes: " + name);
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** {@code text} as a SQL string literal, for the few statements that take no parameters (COMMENT, DO, SET). */
    public static String literal(String text) {
        Texts.required((Object) text, "literal");
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a literal cannot hold a zero byte");
        }
        String doubled = text.replace("'", "''");
        return text.indexOf('\\') < 0 ? "'" + doubled + "'" : " E'" + doubled.replace("\\", "\\\\") + "'";
    }
}
