package io.lockkeeper.planner.statement;

import java.util.List;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;

/** Names in a syntax tree, with the schema that they mean. */
public final class Names {

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
}
