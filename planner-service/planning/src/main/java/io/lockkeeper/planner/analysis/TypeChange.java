package io.lockkeeper.planner.analysis;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Cast;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Symbols;

/** Does a column keep its bytes when its type changes? Told by {@code pg_cast} and the rules of type modifiers. */
record TypeChange(ColumnType from, ColumnType to, Catalog catalog) {

    private static final int MOST_PRECISE = 6;

    /** Types whose indexes serve each other: the operator class stays the same. */
    private static final Map<String, String> SAME_OPERATORS = Map.of("varchar", "text", "text", "text", "cidr", "inet",
            "inet", "inet");

    boolean keepsBytes() {
        if (constrained(to)) {
            return false;
        }
        ColumnType source = base(from);
        ColumnType target = base(to);
        if (source.array() || target.array()) {
            return source.sql().equals(target.sql());
        }
        if (source.base().equals(target.base())) {
            return keepsModifiers(source, target);
        }
        if (builtin(source, "timestamp") && builtin(target, "timestamptz")
                || builtin(source, "timestamptz") && builtin(target, "timestamp")) {
            return utc() && keepsModifiers(source, target);
        }
        boolean binary = catalog.cast(source.base(), target.base()).filter(Cast::binary).isPresent();
        return binary && (target.modifiers().isEmpty() || builtin(target, "varchar") && builtin(source, "varchar"));
    }

    /** May an index on the column stay as it is? Only where nothing is computed and the order stays. */
    boolean keepsIndexes() {
        ColumnType source = base(from);
        ColumnType target = base(to);
        return source.base().equals(target.base())
                || SAME_OPERATORS.containsKey(source.base().name()) && builtin(source, source.base().name())
                        && SAME_OPERATORS.get(source.base().name()).equals(SAME_OPERATORS.get(target.base().name()));
    }

    private boolean keepsModifiers(ColumnType source, ColumnType target) {
        List<Integer> before = source.modifiers();
        List<Integer> after = target.modifiers();
        if (source.sql().equals(target.sql())) {
            return true;
        }
        return switch (target.base().schema().equals("pg_catalog") ? target.base().name() : "") {
            case "varchar", "varbit" -> after.isEmpty() || !before.isEmpty() && after.get(0) >= before.get(0);
            case "numeric" -> after.isEmpty()
                    || !before.isEmpty() && after.get(1).equals(before.get(1)) && after.get(0) >= before.get(0);
            case "timestamp", "timestamptz", "time", "timetz", "interval" -> after.isEmpty()
                    || after.get(0) >= MOST_PRECISE || !before.isEmpty() && after.get(0) >= before.get(0);
            default -> after.isEmpty() && !Set.of("bpchar", "bit").contains(target.base().name());
        };
    }

    private boolean utc() {
        return Set.of("UTC", "ETC/UTC", "GMT", "UCT", "ZULU", "ETC/GMT", "ETC/UCT")
                .contains(catalog.timeZone().toUpperCase(Locale.ROOT));
    }

    private boolean constrained(ColumnType type) {
        return domain(type.base()).filter(Symbols.Domain::constrained).isPresent();
    }

    private ColumnType base(ColumnType type) {
        return domain(type.base()).map(Symbols.Domain::base).orElse(type);
    }

    private Optional<Symbols.Domain> domain(RelationName name) {
        return Optional.ofNullable(catalog.symbols().domains().get(name));
    }

    private static boolean builtin(ColumnType type, String name) {
        return type.builtIn(name);
    }
}
