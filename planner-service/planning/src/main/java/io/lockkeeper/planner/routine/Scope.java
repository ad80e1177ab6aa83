package io.lockkeeper.planner.routine;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What names can mean at one place of a query: what stands in its FROM and WITH, then that of the query around it. */
final class Scope {

    private final Optional<Scope> outer;
    private final Map<String, Row> sources = new LinkedHashMap<>();
    private final Map<String, Row> common = new HashMap<>();

    private Scope(Optional<Scope> outer) {
        this.outer = outer;
    }

    static Scope outermost() {
        return new Scope(Optional.empty());
    }

    Scope inner() {
        return new Scope(Optional.of(this));
    }

    Scope outer() {
        return outer.orElseThrow();
    }

    void add(String name, Row row) {
        sources.merge(name, row, Row::and);
    }

    void addCommon(String name, Row row) {
        common.put(name, row);
    }

    /** A query in WITH. */
    Optional<Row> common(String name) {
        return Optional.ofNullable(common.get(name)).or(() -> outer.flatMap(around -> around.common(name)));
    }

    Optional<Row> source(String name) {
        return Optional.ofNullable(sources.get(name)).or(() -> outer.flatMap(around -> around.source(name)));
    }

    /** All columns of this FROM, as {@code *} means them. */
    Row everything() {
        return sources.values().stream().reduce(Row.UNKNOWN, Row::and);
    }

    /** What a name alone means: of the innermost query that has a column of this name. */
    Optional<Set<ColumnUse>> column(String name) {
        Set<Set<ColumnUse>> here = sources.values().stream().flatMap(row -> row.column(name).stream())
                .collect(Collectors.toSet());
        return here.isEmpty()
                ? outer.flatMap(around -> around.column(name))
                : Optional.of(here.stream().flatMap(Set::stream).collect(Collectors.toSet()));
    }
}
