package io.lockkeeper.planner.statement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Type;

/** Type names as written, found in the catalog and printed as {@code format_type} prints them. */
public final class TypeNames {

    private TypeNames() {}

    /** @throws RefusedStatement where there is no such type, or its modifiers are not understood */
    public static ColumnType columnType(SyntaxNode typeName, Catalog catalog) {
        Type type = resolve(typeName.strings("names"), catalog);
        String sql = withModifiers(type, modifiers(typeName));
        boolean array = !typeName.list("arrayBounds").isEmpty();
        return array
                ? new ColumnType(RelationName.of(type.name().schema(), "_" + type.name().name()), sql + "[]")
                : new ColumnType(type.name(), sql);
    }

    /** The type of a routine's argument: modifiers do not count there. */
    public static String argumentType(SyntaxNode typeName, Catalog catalog) {
        List<String> names = typeName.strings("names");
        Type type = typeName.flag("pct_type") ? ofColumn(names, catalog) : resolve(names, catalog);
        return typeName.list("arrayBounds").isEmpty() ? type.sql() : type.sql() + "[]";
    }

    /** {@code orders.amount%TYPE}: the server looks it up once, when the routine is made. */
    private static Type ofColumn(List<String> names, Catalog catalog) {
        int last = names.size() - 1;
        return catalog.relation(Names.of(names.subList(0, last)))
                .flatMap(relation -> relation.column(names.get(last)))
                .map(column -> catalog.types().get(column.type().base()))
                .orElseThrow(() -> new RefusedStatement("no-such-type", String.join(".", names)
                        + "%TYPE is of no column that is there", "", "Check the names of column, table and schema."));
    }

    static Type resolve(List<String> names, Catalog catalog) {
        String name = names.get(names.size() - 1);
        Optional<Type> found = names.size() > 1
                ? find(RelationName.of(names.get(names.size() - 2), name), catalog)
                : find(RelationName.of("pg_catalog", name), catalog)
                        .or(() -> find(RelationName.of(Catalog.DEFAULT_SCHEMA, name), catalog));
        return found.orElseThrow(() -> new RefusedStatement("no-such-type",
                "type " + String.join(".", names) + " does not exist", "",
                "Write the schema before the type's name, or create it earlier in the release."));
    }

    private static Optional<Type> find(RelationName name, Catalog catalog) {
        return Optional.ofNullable(catalog.types().get(name));
    }

    private static List<Integer> modifiers(SyntaxNode typeName) {
        List<Integer> numbers = new ArrayList<>();
        for (SyntaxNode modifier : typeName.list("typmods")) {
            if (!modifier.is("A_Const") || !modifier.has("ival")) {
                throw new RefusedStatement("unsupported-type", "the type's modifiers are not plain numbers", "",
                        "Extension types with modifiers are not supported yet.");
            }
            numbers.add(modifier.get("ival").integer("ival"));
        }
        return numbers;
    }

    private static String withModifiers(Type type, List<Integer> modifiers) {
        if (modifiers.isEmpty()) {
            return type.sql();
        }
        if (type.name().equals(RelationName.of("pg_catalog", "interval"))) {
            throw new RefusedStatement("unsupported-type", "interval with fields or a precision is not supported", "",
                    "Use interval.");
        }
        List<Integer> shown = new ArrayList<>(modifiers);
        if (type.name().name().equals("numeric") && shown.size() == 1) {
            shown.add(0);
        }
        String suffix = shown.stream().map(String::valueOf).collect(Collectors.joining(",", "(", ")"));
        if (type.name().name().equals("bpchar")) {
            return "character" + suffix;
        }
        // timestamp(3) without time zone
        int space = type.sql().startsWith("time") ? type.sql().indexOf(' ') : -1;
        return space < 0
                ? type.sql() + suffix
                : type.sql().substring(0, space) + suffix + type.sql().substring(space);
    }
}
