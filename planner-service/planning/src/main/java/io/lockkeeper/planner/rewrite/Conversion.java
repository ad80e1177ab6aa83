package io.lockkeeper.planner.rewrite;

import static io.lockkeeper.messages.Identifier.quote;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.planner.catalog.Cast;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.ColumnType;
import io.lockkeeper.planner.catalog.Volatility;

/** What is known about turning values of one type into another: whether it can fail, lose, or depend on settings. */
record Conversion(ColumnType from, ColumnType to) {

    /** Whole numbers of a type fit into a numeric of that many digits before the point. */
    private static final Map<String, Integer> DIGITS = Map.of("int2", 5, "int4", 10, "int8", 19);

    /** Widenings that hold every value exactly, also those that the catalog calls implicit but are not lossless. */
    private static final Map<String, Set<String>> EXACT = Map.of(
            "int2", Set.of("int4", "int8", "numeric", "float4", "float8"),
            "int4", Set.of("int8", "numeric", "float8"),
            "int8", Set.of("numeric"),
            "float4", Set.of("float8"));

    /** Types whose text form depends on no setting. */
    private static final Set<String> STABLE_TEXT = Set.of("int2", "int4", "int8", "numeric", "uuid", "bool", "varchar",
            "bpchar", "name");

    /** Does PostgreSQL change the column in place, touching the catalog alone? Indexes may still have to be looked at. */
    boolean inPlace() {
        List<Integer> before = from.modifiers();
        List<Integer> after = to.modifiers();
        if (from.array() || to.array()) {
            return false;
        }
        if (from.base().equals(to.base())) {
            return switch (builtin(from)) {
                case "varchar", "varbit" -> after.isEmpty() || !before.isEmpty() && after.get(0) >= before.get(0);
                case "numeric" -> after.isEmpty()
                        || !before.isEmpty() && after.get(1).equals(before.get(1)) && after.get(0) >= before.get(0);
                case "timestamp", "timestamptz", "time", "timetz" -> after.isEmpty()
                        || !before.isEmpty() && after.get(0) >= before.get(0);
                default -> false;
            };
        }
        return to.modifiers().isEmpty() && (builtin(from).equals("varchar") && builtin(to).equals("text")
                || builtin(from).equals("text") && builtin(to).equals("varchar")
                || builtin(from).equals("cidr") && builtin(to).equals("inet"));
    }

    /** Can no value of the old type fail, lose anything, or come out differently under other settings? */
    boolean certain(Catalog catalog) {
        if (from.array() || to.array() || builtin(from).isEmpty() || builtin(to).isEmpty()) {
            return false;
        }
        return inPlace() || widens(catalog) || toText(catalog);
    }

    private boolean widens(Catalog catalog) {
        List<Integer> after = to.modifiers();
        if (builtin(from).equals("numeric") && builtin(to).equals("numeric")) {
            List<Integer> before = from.modifiers();
            return before.size() == 2 && after.size() == 2 && after.get(1) >= before.get(1)
                    && after.get(0) - after.get(1) >= before.get(0) - before.get(1);
        }
        boolean room = after.isEmpty() || builtin(to).equals("numeric")
                && after.get(0) - after.get(1) >= DIGITS.getOrDefault(builtin(from), Integer.MAX_VALUE);
        Optional<Cast> cast = catalog.cast(from.base(), to.base());
        return EXACT.getOrDefault(builtin(from), Set.of()).contains(builtin(to)) && room
                && cast.filter(c -> c.implicit() && c.volatility() == Volatility.IMMUTABLE).isPresent();
    }

    private boolean toText(Catalog catalog) {
        boolean text = builtin(to).equals("text") || builtin(to).equals("varchar") && to.modifiers().isEmpty();
        return text && STABLE_TEXT.contains(builtin(from)) && catalog.cast(from.base(), to.base())
                .map(cast -> cast.volatility() == Volatility.IMMUTABLE).orElse(true);
    }

    /** Do expressions over the column (CHECKs, partial indexes) mean the same afterwards? */
    boolean sameFamily(Catalog catalog) {
        return catalog.types().get(from.base()).category().equals(catalog.types().get(to.base()).category());
    }

    /** Whole numbers of any width have one equality, and so have types that share their stored bytes. */
    boolean comparable() {
        return wholeNumbers() || inPlace();
    }

    boolean wholeNumbers() {
        Set<String> whole = Set.of("int2", "int4", "int8");
        return whole.contains(builtin(from)) && whole.contains(builtin(to));
    }

    String forward(String value) {
        return "CAST(" + value + " AS " + to.sql() + ")";
    }

    /**
     * PL/pgSQL that gives the old column the new one's value, or NULL where its type cannot hold it. It must never fail:
     * it runs in statements of an application that has left the old type behind.
     */
    String reverse(String oldColumn, String newColumn) {
        String oldValue = "NEW." + quote(oldColumn);
        String newValue = "NEW." + quote(newColumn);
        Optional<String> guarded = guardedReverse(newValue);
        if (guarded.isPresent()) {
            return oldValue + " := " + guarded.get() + ";";
        }
        return """
                BEGIN
                    %1$s := CAST(%2$s AS %3$s);
                    IF %4$s THEN
                        %1$s := NULL;
                    END IF;
                EXCEPTION WHEN OTHERS THEN
                    %1$s := NULL;
                END;""".formatted(oldValue, newValue, from.sql(),
                SyncFunction.differs(to, forward(oldValue), newValue, false));
    }

    /** After the swap: true where the old column holds anything but the new one's value. */
    String reverseDiffers(String oldColumn, String newColumn) {
        return guardedReverse(quote(newColumn))
                .map(guarded -> SyncFunction.differs(from, quote(oldColumn), guarded, false))
                .orElse(quote(oldColumn) + " IS NOT NULL AND "
                        + SyncFunction.differs(to, forward(quote(oldColumn)), quote(newColumn), false));
    }

    /** Whole numbers have bounds: no need to try and catch. */
    private Optional<String> guardedReverse(String value) {
        boolean whole = builtin(to).equals("int4") || builtin(to).equals("int8");
        return switch (whole ? builtin(from) : "") {
            case "int2" -> Optional.of(bounded(value, "-32768", "32767"));
            case "int4" -> Optional.of(bounded(value, "-2147483648", "2147483647"));
            default -> Optional.empty();
        };
    }

    private String bounded(String value, String least, String greatest) {
        return "CASE WHEN " + value + " BETWEEN " + least + " AND " + greatest + " THEN CAST(" + value + " AS "
                + from.sql() + ") END";
    }

    private static String builtin(ColumnType type) {
        return type.base().schema().equals("pg_catalog") ? type.base().name() : "";
    }
}
