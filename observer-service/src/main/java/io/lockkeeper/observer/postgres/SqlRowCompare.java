package io.lockkeeper.observer.postgres;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Watch.ParityPair;
import io.lockkeeper.observer.parity.CompareTooSlow;
import io.lockkeeper.observer.parity.RowCompare;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * Compares under ACCESS SHARE, one statement and so one short snapshot for each range of blocks: nothing waits for it,
 * and vacuum is held back no longer than the session's {@code statement_timeout} of 15 s.
 */
public final class SqlRowCompare implements RowCompare {

    private static final int KEYS = 200;

    private final TargetConnection connection;
    private final Map<RelationName, Map<String, String>> columnTypes = new HashMap<>();

    public SqlRowCompare(TargetConnection connection) {
        this.connection = connection;
    }

    @Override
    public List<Extent> extents(ParityPair pair) {
        return connection.session().query("""
                SELECT n.nspname, c.relname, pg_relation_filenode(c.oid)::bigint AS filenode,
                       pg_relation_size(c.oid) / current_setting('block_size')::bigint AS blocks
                FROM pg_class root
                CROSS JOIN LATERAL (
                    SELECT root.oid AS relid WHERE root.relkind <> 'p'
                    UNION ALL SELECT relid::oid FROM pg_partition_tree(root.oid) WHERE root.relkind = 'p' AND isleaf
                ) leaf
                JOIN pg_class c ON c.oid = leaf.relid
                JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE root.oid = to_regclass($1) ORDER BY c.oid""", pair.relation().quoted()).stream()
                .map(row -> new Extent(RelationName.of(row.getString("nspname"), row.getString("relname")),
                        row.getLong("filenode"), row.getLong("blocks")))
                .toList();
    }

    @Override
    public Optional<Chunk> compare(ParityPair pair, Extent extent, long fromBlock, long endBlock) {
        // Numbers of ours, not values: as literals they make a TID range scan, on every version.
        String range = " FROM ONLY " + extent.relation().quoted() + " WHERE ctid >= '(" + fromBlock
                + ",0)'::tid AND ctid < '(" + endBlock + ",0)'::tid";
        try {
            Row counted = connection.session().query("SELECT count(*) AS rows, count(*) FILTER (WHERE "
                    + differs(pair) + ") AS differing, pg_relation_filenode(to_regclass($1))::bigint AS filenode"
                    + range + SqlCallers.OURS,
                    extent.relation().quoted()).get(0);
            if (counted.getLong("filenode") == null || counted.getLong("filenode") != extent.filenode()) {
                return Optional.empty();
            }
            long differing = counted.getLong("differing");
            List<String> keys = differing == 0 || pair.key().isEmpty()
                    ? List.of()
                    : connection.session().query("SELECT " + key(pair) + " AS key" + range + " AND " + differs(pair)
                            + " LIMIT " + KEYS + SqlCallers.OURS).stream().map(row -> row.getString("key")).toList();
            return Optional.of(new Chunk(counted.getLong("rows"), differing, keys));
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CANCELLED) {
                throw new CompareTooSlow("comparing blocks " + fromBlock + " to " + endBlock + " of "
                        + extent.relation() + " ran into statement_timeout", e);
            }
            throw e;
        }
    }

    @Override
    public Chunk recheck(ParityPair pair, Collection<String> keys) {
        if (keys.isEmpty() || pair.key().isEmpty()) {
            return new Chunk(0, 0, List.of());
        }
        // The inner query gives the row alone, so that the unqualified names in `differs` mean its columns.
        String sql = "SELECT count(*) AS rows, count(*) FILTER (WHERE " + differs(pair)
                + ") AS differing, (array_agg(" + key(pair) + ") FILTER (WHERE " + differs(pair) + "))[1:" + KEYS
                + "] AS keys FROM (SELECT changed.* FROM " + pair.relation().quoted() + " changed WHERE "
                + named(pair) + ") AS changed_row" + SqlCallers.OURS;
        try {
            Row row = connection.session().query(sql, values(pair, keys)).get(0);
            String[] differing = row.getArrayOfStrings("keys");
            return new Chunk(row.getLong("rows"), row.getLong("differing"),
                    differing == null ? List.of() : List.of(differing));
        } catch (SqlFailure e) {
            columnTypes.remove(pair.relation()); // a key's type may have changed
            throw e;
        }
    }

    /** The rows of keys that come as one array of texts for each column. */
    private String named(ParityPair pair) {
        Map<String, String> types = columnTypes(pair.relation());
        List<String> arrays = IntStream.range(0, pair.key().size())
                .mapToObj(i -> "$" + (i + 1) + "::text[]::" + types.get(pair.key().get(i)) + "[]").toList();
        List<String> columns = pair.key().stream().map(column -> "changed." + Identifier.quote(column)).toList();
        return columns.size() == 1
                ? columns.get(0) + " = ANY (" + arrays.get(0) + ")"
                : "(" + String.join(", ", columns) + ") IN (SELECT * FROM unnest(" + String.join(", ", arrays) + "))";
    }

    private static Object[] values(ParityPair pair, Collection<String> keys) {
        List<JsonNode> named = keys.stream().map(key -> Json.read(key, JsonNode.class)).toList();
        return pair.key().stream()
                .map(column -> named.stream().map(key -> key.get(column).asText()).toArray(String[]::new)).toArray();
    }

    @Override
    public Optional<Trigger> trigger(ParityPair pair) {
        // xmin changes with every ALTER, also with DISABLE followed by ENABLE; a freeze does not change it.
        return connection.session().query("""
                SELECT t.tgenabled IN ('O', 'A') AS enabled,
                       md5(concat_ws('|', pg_get_triggerdef(t.oid), t.tgenabled, t.xmin, p.xmin, p.prosrc,
                                     p.proconfig::text)) AS fingerprint
                FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                WHERE t.tgrelid = to_regclass($1) AND t.tgname = $2 AND NOT t.tgisinternal""",
                pair.relation().quoted(), pair.trigger()).stream().findFirst()
                .map(row -> new Trigger(row.getBoolean("enabled"), row.getString("fingerprint")));
    }

    @Override
    public Lsn position() {
        return SqlServer.position(connection.session());
    }

    /**
     * Does a snapshot see these transactions? The stream can deliver a commit a moment before it is visible, and long before
     * where the commit waits for a synchronous standby, also that of a prepared transaction, which no session has.
     *
     * @param transactions as the stream has them: without their epoch
     */
    public boolean visible(Collection<String> transactions) {
        Snapshot snapshot = Snapshot.parse(connection.session().query("SELECT pg_current_snapshot()::text AS snapshot")
                .get(0).getString("snapshot"));
        return transactions.stream().mapToLong(Long::parseLong).allMatch(snapshot::sees);
    }

    /** Null is no agreement. */
    private static String differs(ParityPair pair) {
        return "(" + pair.differs() + ") IS NOT FALSE";
    }

    private static String key(ParityPair pair) {
        return "jsonb_build_object(" + pair.key().stream()
                .map(column -> Identifier.literal(column) + ", " + Identifier.quote(column))
                .collect(Collectors.joining(", ")) + ")::text";
    }

    private Map<String, String> columnTypes(RelationName table) {
        return columnTypes.computeIfAbsent(table, relation -> connection.session().query("""
                SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute
                WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped""", relation.quoted()).stream()
                .collect(Collectors.toMap(row -> row.getString("attname"), row -> row.getString("type"))));
    }
}
