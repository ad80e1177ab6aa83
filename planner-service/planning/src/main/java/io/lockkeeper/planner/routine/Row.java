package io.lockkeeper.planner.routine;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.planner.catalog.Relation;

/**
 * The columns of a table, query or variable, in order, each with the columns of relations that it is only another view
 * of: {@code SELECT *} passes them on, an expression or another name does not, because it names them itself.
 */
record Row(Map<String, Set<ColumnUse>> columns) {

    /** A function's or a temporary table's, of which nothing is known. */
    static final Row UNKNOWN = new Row(Map.of());

    Row {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
    }

    static Row of(Relation relation) {
        Map<String, Set<ColumnUse>> columns = new LinkedHashMap<>();
        relation.columns().forEach(column -> columns.put(column.name(),
                Set.of(new ColumnUse(relation.name(), column.name()))));
        return new Row(columns);
    }

    Row and(Row other) {
        Map<String, Set<ColumnUse>> all = new LinkedHashMap<>(columns);
        other.columns.forEach((name, origins) -> all.merge(name, origins, Row::union));
        return new Row(all);
    }

    /** Under the names that an alias gives its first columns. */
    Row renamed(List<String> names) {
        Map<String, Set<ColumnUse>> renamed = new LinkedHashMap<>();
        names.forEach(name -> renamed.put(name, Set.of()));
        columns.entrySet().stream().skip(names.size())
                .forEach(column -> renamed.merge(column.getKey(), column.getValue(), Row::union));
        return new Row(renamed);
    }

    Optional<Set<ColumnUse>> column(String name) {
        return Optional.ofNullable(columns.get(name));
    }

    Set<ColumnUse> all() {
        return first(columns.size());
    }

    /** What the first so many columns come from. */
    Set<ColumnUse> first(long count) {
        return columns.values().stream().limit(count).flatMap(Set::stream).collect(Collectors.toSet());
    }

    private static Set<ColumnUse> union(Set<ColumnUse> one, Set<ColumnUse> other) {
        Set<ColumnUse> both = new LinkedHashSet<>(one);
        both.addAll(other);
        return both;
    }
}
