package io.lockkeeper.planner.statement;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;

/** Names in a syntax tree, with the schema that they mean. */
public final class Names {

    private static final String PART = "(\"(?:[^\"]|\"\")+\"|[^\\s\".]+)";
    private static final Pattern IN_TEXT = Pattern.compile("\\s*" + PART + "(?:\\s*\\.\\s*" + PART + ")?\\s*");

    private Names() {}

    /** Of a {@code RangeVar}. */
    public static RelationName of(SyntaxNode rangeVar) {
        return RelationName.of(
                rangeVar.has("schemaname") ? rangeVar.string("schemaname") : Catalog.DEFAULT_SCHEMA,
                rangeVar.string("relname"));
    }

    /** Of a list of name parts. */
    public static RelationName of(List<String> parts) {
        return parts.size() == 1
                ? RelationName.of(Catalog.DEFAULT_SCHEMA, parts.get(0))
                : RelationName.of(parts.get(parts.size() - 2), parts.get(parts.size() - 1));
    }

    /** As {@code regclass} reads a text; empty where it is no name of a relation. */
    public static Optional<RelationName> inText(String text) {
        Matcher matcher = IN_TEXT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String first = part(matcher.group(1));
        return Optional.of(matcher.group(2) == null
                ? RelationName.of(Catalog.DEFAULT_SCHEMA, first)
                : RelationName.of(first, part(matcher.group(2))));
    }

    private static String part(String written) {
        return written.startsWith("\"")
                ? written.substring(1, written.length() - 1).replace("\"\"", "\"")
                : written.toLowerCase(Locale.ROOT);
    }
}
