package io.lockkeeper.observer.postgres;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;

import io.lockkeeper.messages.Copy;
import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.observer.parity.CompareTooSlow;
import io.lockkeeper.observer.parity.CopyCompare;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * As {@link SqlInvariants}: the release's own queries, read-only, as the observer's role, under their own timeout. One range
 * is one REPEATABLE READ transaction: counts, checksums and rows of both sides come from one snapshot, which is held no
 * longer than that.
 */
public final class SqlCopyCompare implements CopyCompare {

    private static final int KEYS = 1000;
    private static final String CHECKSUM = "coalesce(sum(hash_record_extended(r, 0)), 0)::text";

    private final TargetConnection connection;

    public SqlCopyCompare(TargetConnection connection) {
        this.connection = connection;
    }

    /** @param sourceTypes of the key's columns, {@code targetTypes} likewise; empty where a side has no row */
    private record Sides(List<String> columns, List<String> sourceTypes, List<String> targetTypes) {}

    @Override
    public Result compare(Copy copy, Optional<String> after, long rows) {
        return inOneSnapshot(copy, (session, sides) -> {
            if (after.isEmpty() && nullKeys(session, copy)) {
                return new Incomparable("a column of the key is NULL in some row: nobody can tell such rows apart");
            }
            Optional<String> last = last(session, copy, sides, after, rows);
            List<Object> bounds = new ArrayList<>();
            after.ifPresent(bounds::add);
            last.ifPresent(bounds::add);
            return compared(session, copy, sides, types -> range(copy, types, after, last), bounds, last);
        });
    }

    @Override
    public Result recheck(Copy copy, Collection<String> keys) {
        return inOneSnapshot(copy, (session, sides) -> compared(session, copy, sides, types -> among(copy, types),
                List.of("[" + String.join(",", keys) + "]"), Optional.empty()));
    }

    @Override
    public Lsn position() {
        return SqlServer.position(connection.session());
    }

    private interface Work {

        Result of(Session session, Sides sides);
    }

    private Result inOneSnapshot(Copy copy, Work work) {
        Session session = connection.session();
        try {
            return session.transaction(() -> {
                session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;"
                        + SqlInvariants.asTheApplication(copy.timeout()));
                Sides sides = sides(session, copy);
                return sides.columns().isEmpty()
                        ? new Incomparable(
                                "source and target have different columns: give them the same names, with AS")
                        : work.of(session, sides);
            });
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST) {
                throw e;
            }
            if (e.state() == SqlState.CANCELLED) {
                throw new CompareTooSlow("a range of copy " + copy.name() + " ran into its timeout", e);
            }
            return new Incomparable(SqlInvariants.why(e, copy.timeout()));
        }
    }

    /** Count and checksum first: rows are held against rows only where these differ. */
    private static Compared compared(Session session, Copy copy, Sides sides, Condition condition,
            List<Object> parameters, Optional<String> last) {
        String source = side(copy, sides, condition.of(sides.sourceTypes()), "false");
        String target = side(copy, sides, "false", condition.of(sides.targetTypes()));
        Row sums = session.query("SELECT s.*, t.* FROM (SELECT count(*) AS source, " + CHECKSUM
                + " AS source_checksum FROM (" + source + ") r) s, (SELECT count(*) AS target, " + CHECKSUM
                + " AS target_checksum FROM (" + target + ") r) t" + SqlCallers.OURS, parameters.toArray()).get(0);
        boolean equal = sums.getLong("source").equals(sums.getLong("target"))
                && sums.getString("source_checksum").equals(sums.getString("target_checksum"));
        Map<String, String> differing = new LinkedHashMap<>();
        if (!equal) {
            // Duplicates count, and NULL is equal to NULL.
            session.query("WITH s AS MATERIALIZED (" + source + "), t AS MATERIALIZED (" + target + ") SELECT "
                    + json(copy, "r") + " AS key, " + CHECKSUM + " AS rows FROM ("
                    + "SELECT 1 AS side, missing.* FROM (TABLE s EXCEPT ALL TABLE t) missing"
                    + " UNION ALL SELECT 2, surplus.* FROM (TABLE t EXCEPT ALL TABLE s) surplus) r GROUP BY 1 LIMIT "
                    + (KEYS + 1) + SqlCallers.OURS, parameters.toArray())
                    .forEach(row -> differing.put(row.getString("key"), row.getString("rows")));
        }
        boolean more = differing.size() > KEYS;
        if (more) {
            differing.remove(differing.keySet().iterator().next());
        }
        return new Compared(last, sums.getLong("source"), sums.getLong("target"), differing, more);
    }

    /** A condition on the key, for a side whose key has these types. */
    private interface Condition {

        String of(List<String> types);
    }

    /** Rows of one side, with the types that both sides have in common: a checksum depends on the type. */
    private static String side(Copy copy, Sides sides, String ofSource, String ofTarget) {
        String columns = sides.columns().stream().map(Identifier::quote).collect(Collectors.joining(", "));
        return "SELECT " + columns + from(copy.source()) + " WHERE " + ofSource + " UNION ALL SELECT " + columns
                + from(copy.target()) + " WHERE " + ofTarget;
    }

    private static String from(String query) {
        return " FROM (\n" + SqlInvariants.withoutSemicolon(query) + "\n) AS q";
    }

    /** The row in its place of the larger side: behind it, the range ends. */
    private static Optional<String> last(Session session, Copy copy, Sides sides, Optional<String> after, long rows) {
        Condition rest = types -> range(copy, types, after, Optional.empty());
        String key = columns(copy, "q");
        String place = " ORDER BY " + key + " OFFSET " + (rows - 1) + " LIMIT 1)";
        return session.query("SELECT " + json(copy, "r") + " AS last FROM ((SELECT " + key + from(copy.source())
                + " WHERE " + rest.of(sides.sourceTypes()) + place + " UNION ALL (SELECT " + key + from(copy.target())
                + " WHERE " + rest.of(sides.targetTypes()) + place + ") r ORDER BY " + columns(copy, "r") + " LIMIT 1"
                + SqlCallers.OURS, after.stream().toArray()).stream().findFirst().map(row -> row.getString("last"));
    }

    /** Bounds are parameters in this order, as far as they are there. */
    private static String range(Copy copy, List<String> types, Optional<String> after, Optional<String> last) {
        if (types.isEmpty()) {
            return "false"; // The side has no row.
        }
        List<String> conditions = new ArrayList<>();
        after.ifPresent(key -> conditions.add(row(copy) + " > (" + values(copy, types, "$1::text::jsonb") + ")"));
        last.ifPresent(key -> conditions.add(row(copy) + " <= ("
                + values(copy, types, (after.isPresent() ? "$2" : "$1") + "::text::jsonb") + ")"));
        return conditions.isEmpty() ? "true" : String.join(" AND ", conditions);
    }

    private static String among(Copy copy, List<String> types) {
        return types.isEmpty()
                ? "false"
                : row(copy) + " IN (SELECT " + values(copy, types, "named.key")
                        + " FROM jsonb_array_elements($1::text::jsonb) AS named(key))";
    }

    private static String row(Copy copy) {
        return "(" + columns(copy, "q") + ")";
    }

    private static String columns(Copy copy, String of) {
        return copy.key().stream().map(column -> of + "." + Identifier.quote(column))
                .collect(Collectors.joining(", "));
    }

    /** The key's columns out of a JSON object. */
    private static String values(Copy copy, List<String> types, String object) {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            values.add("(" + object + " ->> " + Identifier.literal(copy.key().get(i)) + ")::" + types.get(i));
        }
        return String.join(", ", values);
    }

    private static String json(Copy copy, String of) {
        return "jsonb_build_object(" + copy.key().stream()
                .map(column -> Identifier.literal(column) + ", " + of + "." + Identifier.quote(column))
                .collect(Collectors.joining(", ")) + ")::text";
    }

    private static boolean nullKeys(Session session, Copy copy) {
        String some = " WHERE " + copy.key().stream().map(column -> "q." + Identifier.quote(column) + " IS NULL")
                .collect(Collectors.joining(" OR "));
        return session.query("SELECT EXISTS (SELECT" + from(copy.source()) + some + ") OR EXISTS (SELECT"
                + from(copy.target()) + some + ") AS nulls" + SqlCallers.OURS).get(0).getBoolean("nulls");
    }

    /** Asked for each range: a table may change its types while the release runs. */
    private static Sides sides(Session session, Copy copy) {
        List<String> columns = columns(session, copy.source());
        return new HashSet<>(columns).equals(new HashSet<>(columns(session, copy.target())))
                ? new Sides(columns, types(session, copy, copy.source()), types(session, copy, copy.target()))
                : new Sides(List.of(), List.of(), List.of());
    }

    private static List<String> columns(Session session, String query) {
        Future<RowSet<Row>> empty = session.send("SELECT *" + from(query) + " LIMIT 0" + SqlCallers.OURS);
        session.await(empty);
        return empty.result().columnsNames();
    }

    private static List<String> types(Session session, Copy copy, String query) {
        return session.query("SELECT ARRAY[" + copy.key().stream()
                .map(column -> "pg_typeof(q." + Identifier.quote(column) + ")::text").collect(Collectors.joining(", "))
                + "] AS types" + from(query) + " LIMIT 1" + SqlCallers.OURS).stream().findFirst()
                .map(row -> List.of(row.getArrayOfStrings("types"))).orElse(List.of());
    }
}
