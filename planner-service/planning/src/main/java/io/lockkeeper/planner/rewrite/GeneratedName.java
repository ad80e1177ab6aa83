package io.lockkeeper.planner.rewrite;

import java.nio.charset.StandardCharsets;

import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.RelationName;

/** Names that we make: the same for the same release, different for different objects, never longer than 63 bytes. */
final class GeneratedName {

    private static final int LIMIT = 63;
    private static final int DIGITS = 8;

    private GeneratedName() {}

    /** {@code <base>__lk_<8 digits>}, the base cut where it is too long. */
    static String of(String base, String release, RelationName relation, String purpose) {
        String suffix = "__lk_" + digits(base, release, relation, purpose, DIGITS);
        return cut(base, LIMIT - suffix.length()) + suffix;
    }

    /** Sorts behind any trigger of the application, so that it fires last. */
    static String trigger(String release, RelationName relation, String column) {
        return "zzzz_lockkeeper_" + digits(column, release, relation, "trigger", 2 * DIGITS);
    }

    /** As PostgreSQL names a constraint or index: {@code table_column_suffix}, the longer parts cut. */
    static String conventional(String table, String columns, String suffix) {
        String tail = "_" + suffix;
        int room = LIMIT - tail.length() - (columns.isEmpty() ? 0 : 1);
        int tableBytes = bytes(table);
        int columnBytes = bytes(columns);
        while (tableBytes + columnBytes > room) {
            if (tableBytes > columnBytes) {
                tableBytes--;
            } else {
                columnBytes--;
            }
        }
        return cut(table, tableBytes) + (columns.isEmpty() ? "" : "_" + cut(columns, columnBytes)) + tail;
    }

    private static String digits(String base, String release, RelationName relation, String purpose, int count) {
        return Hash.sha256(String.join("\n", release, relation.toString(), base, purpose)).substring(0, count);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String cut(String text, int limit) {
        String shorter = text;
        while (bytes(shorter) > limit) {
            shorter = shorter.substring(0, shorter.offsetByCodePoints(shorter.length(), -1));
        }
        return shorter;
    }
}
