package io.lockkeeper.planner.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lockkeeper.messages.RelationName;

/**
 * The type of a column.
 *
 * @param base name in {@code pg_type}; an array's begins with an underscore
 * @param sql  as {@code format_type} prints it under {@code search_path = pg_catalog}: qualified, with modifiers, ready
 *             for SQL
 */
public record ColumnType(RelationName base, String sql) {

    private static final Pattern MODIFIERS = Pattern.compile("\\(([0-9]+(?:,-?[0-9]+)?)\\)");

    public boolean builtIn(String name) {
        return base.schema().equals("pg_catalog") && base.name().equals(name);
    }

    /** The numbers in parentheses: length, or precision and scale; empty without. */
    public List<Integer> modifiers() {
        List<Integer> found = new ArrayList<>();
        Matcher matcher = MODIFIERS.matcher(sql);
        if (matcher.find()) {
            for (String number : matcher.group(1).split(",")) {
                found.add(Integer.parseInt(number));
            }
        }
        return List.copyOf(found);
    }

    public boolean array() {
        return sql.endsWith("[]");
    }
}
