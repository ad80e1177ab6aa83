package io.lockkeeper.observer.postgres;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.type.TypeReference;
import io.vertx.core.buffer.Buffer;

import io.lockkeeper.messages.Lsn;
import io.lockkeeper.observer.invariant.RuleStanding;

/**
 * Where a change stream stands and what it saw, in one transaction: after a crash the stream begins with the first change
 * that is not in it. Used by one thread.
 */
public final class SqlStreamJournal {

    /**
     * @param observed every transaction that committed before it was handled
     * @param handled  gate markers and probes that came through
     * @param changes  row changes by relation
     * @param rules    by name, what the changes have shown of row rules
     */
    public record Standing(Optional<Lsn> observed, Set<String> handled, Map<String, Long> changes,
            Map<String, RuleStanding> rules) {

        public Standing {
            handled = Set.copyOf(handled);
            changes = Map.copyOf(changes);
            rules = Map.copyOf(rules);
        }
    }

    private final TargetConnection connection;
    private final String run;
    private Optional<Standing> pending = Optional.empty();

    public SqlStreamJournal(TargetConnection connection, String run) {
        this.connection = connection;
        this.run = run;
    }

    public Standing load() {
        return connection.session().query("""
                SELECT observed::text AS observed, handled, changes::text AS changes, rules::text AS rules
                FROM lockkeeper_observer.stream WHERE run = $1""", run).stream().findFirst()
                .map(row -> new Standing(Optional.ofNullable(row.getString("observed")).map(Lsn::parse),
                        Set.copyOf(List.of(row.getArrayOfStrings("handled"))),
                        Json.read(row.getString("changes"), new TypeReference<Map<String, Long>>() {
                        }), Json.read(row.getString("rules"), new TypeReference<Map<String, RuleStanding>>() {
                        })))
                .orElseGet(() -> new Standing(Optional.empty(), Set.of(), Map.of(), Map.of()));
    }

    /** What {@link #commit} is to keep together with the offset. */
    public void begin(Standing standing) {
        pending = Optional.of(standing);
    }

    /** One statement: both or nothing, in one round trip. */
    public void commit(Map<ByteBuffer, ByteBuffer> offsets) {
        Standing standing = pending.orElseThrow();
        List<Map.Entry<ByteBuffer, ByteBuffer>> each = List.copyOf(offsets.entrySet());
        connection.session().update("""
                WITH kept AS (
                  INSERT INTO lockkeeper_observer.stream (run, observed, handled, changes, rules)
                  VALUES ($1, $2::text::pg_lsn, $3, $4::text::jsonb, $5::text::jsonb)
                  ON CONFLICT (run) DO UPDATE SET observed = excluded.observed, handled = excluded.handled,
                    changes = excluded.changes, rules = excluded.rules, updated_at = now()
                )
                INSERT INTO lockkeeper_observer.stream_offset (run, key, value)
                SELECT $1, key, value FROM unnest($6::bytea[], $7::bytea[]) AS offsets (key, value)
                ON CONFLICT (run, key) DO UPDATE SET value = excluded.value""", run,
                standing.observed().map(Lsn::toString).orElse(null), standing.handled().toArray(String[]::new),
                Json.write(standing.changes()), Json.write(standing.rules()),
                each.stream().map(offset -> buffer(offset.getKey())).toArray(Buffer[]::new),
                each.stream().map(offset -> buffer(offset.getValue())).toArray(Buffer[]::new));
        pending = Optional.empty();
    }

    /** Has what was to be kept been kept? */
    public boolean committed() {
        return pending.isEmpty();
    }

    public Map<ByteBuffer, ByteBuffer> offsets(Collection<ByteBuffer> keys) {
        Map<ByteBuffer, ByteBuffer> found = new HashMap<>();
        for (ByteBuffer key : keys) {
            connection.session().query("""
                    SELECT value FROM lockkeeper_observer.stream_offset WHERE run = $1 AND key = $2""", run,
                    buffer(key)).forEach(row -> found.put(key, ByteBuffer.wrap(row.getBuffer("value").getBytes())));
        }
        return found;
    }

    private static Buffer buffer(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return Buffer.buffer(copy);
    }
}
