package io.lockkeeper.cli.lint;

/** Text that comes from SQL, so that it stays text in Markdown. */
public final class Markdown {

    private Markdown() {}

    /** Within a line or a cell of a table. */
    public static String text(String text) {
        return text.replaceAll("([\\\\`*_\\[\\]<>|#])", "\\\\$1").replaceAll("\\s*\\R\\s*", " ");
    }

    /** A block of SQL, in a fence that is longer than any in it. */
    public static String code(String sql) {
        String fence = "```";
        while (sql.contains(fence)) {
            fence += "`";
        }
        return fence + "sql\n" + sql + "\n" + fence;
    }
}
