package io.lockkeeper.planner.postgres;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Column;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.plan.Sample;
import io.lockkeeper.target.Session;

/**
 * Takes some rows of tables, and every row that their foreign keys refer to, so that the keys hold in a copy. Rows travel
 * as PostgreSQL prints them, which loses nothing of any type. Blocks are chosen by a fixed seed: the same data give the
 * same rows.
 */
final class RowSampler {

    /** Whole blocks are sampled: some more than have the wanted rows on average, so that seldom too few come. */
    private static final double MARGIN = 4;

    private record ForeignKey(List<String> columns, RelationName parent, List<String> referenced) {}

    private final Session session;
    private final Catalog catalog;
    private final Catalog after;
    private final int wanted;
    private final Map<RelationName, Set<String>> rows = new TreeMap<>();
    private final Map<RelationName, List<ForeignKey>> keys = new HashMap<>();
    private final Set<String> left = new TreeSet<>();

    /** @param session in a read-only transaction, under {@code search_path = pg_catalog} */
    RowSampler(Session session, Catalog catalog, Catalog after, int wanted) {
        this.session = session;
        this.catalog = catalog;
        this.after = after;
        this.wanted = wanted;
    }

    Sample sample(Collection<RelationName> tables) {
        Set<RelationName> chosen = new TreeSet<>();
        tables.forEach(table -> chosen.addAll(leaves(table)));
        for (RelationName table : chosen) {
            Optional<RelationName> unreadable = unreadable(table);
            if (unreadable.isPresent()) {
                left.add("rows of " + table + ": the planner's role cannot read all of " + unreadable.get());
            } else {
                add(table, some(table));
            }
        }
        return new Sample(rows.entrySet().stream().map(entry -> new Sample.Rows(entry.getKey(),
                columns(entry.getKey()), List.copyOf(entry.getValue()))).toList(), List.copyOf(left));
    }

    private List<RelationName> leaves(RelationName name) {
        Optional<Relation> relation = catalog.relation(name);
        if (relation.filter(found -> found.kind() == Relation.Kind.PARTITIONED_TABLE).isPresent()) {
            return catalog.descendants(name).stream().filter(found -> found.kind() == Relation.Kind.TABLE)
                    .map(Relation::name).toList();
        }
        return relation.filter(found -> found.kind() == Relation.Kind.TABLE).map(found -> List.of(name))
                .orElse(List.of());
    }

    private List<String> columns(RelationName table) {
        return catalog.relation(table).orElseThrow().columns().stream()
                .filter(column -> column.generation() != Column.Generation.STORED
                        && column.generation() != Column.Generation.VIRTUAL)
                .map(Column::name).toList();
    }

    /** A table, or one that it refers to at any remove, of which not every row may be read. */
    private Optional<RelationName> unreadable(RelationName table) {
        Set<RelationName> reached = new TreeSet<>(Set.of(table));
        Deque<RelationName> pending = new ArrayDeque<>(reached);
        while (!pending.isEmpty()) {
            RelationName next = pending.pop();
            if (session.query(
                    "SELECT has_table_privilege($1::text, 'SELECT') AND NOT row_security_active($1::text) AS may",
                    next.quoted()).stream().noneMatch(row -> row.getBoolean("may"))) {
                return Optional.of(next);
            }
            keys(next).stream().flatMap(key -> leaves(key.parent()).stream()).filter(reached::add)
                    .forEach(pending::push);
        }
        return Optional.empty();
    }

    private List<String> some(RelationName table) {
        long estimated = catalog.relation(table).orElseThrow().rows();
        double percent = estimated == 0 ? 100 : Math.min(100, 100.0 * MARGIN * wanted / estimated);
        session.execute("SET LOCAL synchronize_seqscans = off"); // a scan begins at the beginning
        return session.query("""
                SELECT row FROM (
                  (SELECT t::text AS row, 1 AS part FROM ONLY %1$s AS t TABLESAMPLE SYSTEM ($1::real) REPEATABLE (1) LIMIT $2::int)
                  UNION ALL (SELECT t::text, 2 FROM ONLY %1$s AS t LIMIT $2::int)) AS both_parts
                GROUP BY row ORDER BY min(part), row LIMIT $2::int
                """.formatted(table.quoted()), (float) percent, wanted)
                .stream().map(row -> row.getString("row")).toList();
    }

    private void add(RelationName table, List<String> found) {
        Set<String> known = rows.computeIfAbsent(table, name -> new LinkedHashSet<>());
        List<String> fresh = found.stream().filter(known::add).toList();
        if (fresh.isEmpty()) {
            return;
        }
        for (ForeignKey key : keys(table)) {
            for (RelationName parent : leaves(key.parent())) {
                add(parent, referenced(table, fresh, key, parent));
            }
        }
    }

    private List<String> referenced(RelationName table, List<String> children, ForeignKey key, RelationName parent) {
        return session.query("SELECT p::text AS row FROM ONLY " + parent.quoted() + " AS p WHERE ("
                + names("p.", key.referenced()) + ") IN (SELECT " + names("c.", key.columns())
                + " FROM unnest($1::text[]) AS printed (child), LATERAL (SELECT (printed.child::" + table.quoted()
                + ").*) AS c)", (Object) children.toArray(String[]::new)).stream()
                .map(row -> row.getString("row")).toList();
    }

    private static String names(String qualifier, List<String> columns) {
        return columns.stream().map(column -> qualifier + Identifier.quote(column)).collect(Collectors.joining(", "));
    }

    private List<ForeignKey> keys(RelationName table) {
        return keys.computeIfAbsent(table, name -> {
            Set<ForeignKey> found = new LinkedHashSet<>(added(name));
            session.query("""
                    SELECT n.nspname::text AS schema, p.relname::text AS name,
                      (SELECT array_agg(a.attname::text ORDER BY place) FROM unnest(k.conkey) WITH ORDINALITY AS u(number, place)
                        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = number) AS columns,
                      (SELECT array_agg(a.attname::text ORDER BY place) FROM unnest(k.confkey) WITH ORDINALITY AS u(number, place)
                        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = number) AS referenced
                    FROM pg_constraint k JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace
                    WHERE k.contype = 'f' AND k.conrelid = to_regclass($1::text)
                    """, name.quoted()).forEach(row -> found.add(new ForeignKey(
                    List.of(row.getArrayOfStrings("columns")),
                    RelationName.of(row.getString("schema"), row.getString("name")),
                    List.of(row.getArrayOfStrings("referenced")))));
            return List.copyOf(found);
        });
    }

    /** Those of the table and of what it is a partition of, as far as their columns are there already. */
    private List<ForeignKey> added(RelationName table) {
        List<ForeignKey> found = new ArrayList<>();
        Optional<RelationName> at = Optional.of(table);
        while (at.isPresent()) {
            after.relation(at.get()).stream().flatMap(relation -> relation.constraints().stream())
                    .filter(constraint -> constraint.references().isPresent())
                    .map(constraint -> new ForeignKey(constraint.columns(), constraint.references().get(),
                            constraint.referencedColumns()))
                    .filter(key -> has(table, key.columns()) && has(key.parent(), key.referenced()))
                    .forEach(found::add);
            at = catalog.relation(at.get()).flatMap(relation -> relation.partition().parent());
        }
        return found;
    }

    private boolean has(RelationName table, List<String> columns) {
        return catalog.relation(table).filter(relation -> columns.stream()
                .allMatch(column -> relation.column(column).isPresent())).isPresent();
    }
}
