package io.lockkeeper.executor.lock;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.lock.LockScript.Lockable;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.OutcomeEvent.LockWaited.Blocker;
import io.lockkeeper.messages.Step.LockClaim;
import io.lockkeeper.target.Session;

/** Looks at who holds what, on a session of its own, before a lock is asked for and while it is waited for. */
public final class Lookout {

    private final Session session;
    private final Optional<Replicas> replicas;

    public Lookout(Session session) {
        this(session, Optional.empty());
    }

    private Lookout(Session session, Optional<Replicas> replicas) {
        this.session = session;
        this.replicas = replicas;
    }

    /** Looks at the standbys too. */
    public Lookout with(Replicas standbys) {
        return new Lookout(session, Optional.of(standbys));
    }

    /**
     * Asks which of the claims LOCK TABLE can take: not what does not exist yet, which is nobody's to lock; not an index or
     * a sequence; not a view, which is locked only together with all that it reads, and nothing that comes after a view:
     * whoever uses one holds it before its tables, and who asks in the other order may wait for them in a circle. The answer
     * comes with the next one that is waited for.
     */
    public Supplier<List<Lockable>> lockable(List<LockClaim> claims) {
        // Up to ROW EXCLUSIVE no read or write of the application waits for them, and LOCK takes rights that DDL may not need.
        if (claims.stream().allMatch(claim -> claim.mode().compareTo(LockMode.ROW_EXCLUSIVE) <= 0)) {
            return List::of;
        }
        var answer = session.send("""
                SELECT place, EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = relation) AS parent
                FROM (SELECT place, relation, relkind, bool_or(relkind = 'v') OVER (ORDER BY place) AS after_view
                      FROM (SELECT place::int AS place, to_regclass(name) AS relation
                            FROM unnest($1::text[]) WITH ORDINALITY AS claim (name, place)) claim
                      JOIN pg_class c ON c.oid = relation) claim
                WHERE relkind IN ('r', 'p') AND NOT after_view
                ORDER BY place
                """, (Object) relations(claims));
        return () -> session.await(answer).stream()
                .map(row -> new Lockable(claims.get(row.getInteger("place") - 1), row.getBoolean("parent"))).toList();
    }

    /**
     * Holders of locks that conflict with the claims.
     *
     * @param olderThan transactions of the application that take milliseconds are no reason to wait: only older ones are
     *                  listed. Prepared transactions and vacuum are listed whatever their age
     */
    public List<Holder> holders(List<LockClaim> claims, Duration olderThan) {
        if (claims.isEmpty()) {
            return List.of();
        }
        return Stream.concat(sessions(session, claims, olderThan).stream(),
                replicas.map(standbys -> standbys.holders(claims, olderThan)).orElse(List.of()).stream()).toList();
    }

    static List<Holder> sessions(Session session, List<LockClaim> claims, Duration olderThan) {
        String[] conflicting = claims.stream().map(claim -> Arrays.stream(LockMode.values())
                .filter(claim.mode()::conflictsWith).map(LockMode::catalogName).collect(Collectors.joining(",")))
                .toArray(String[]::new);
        return session.query("""
                SELECT DISTINCT ON (claim.place, coalesce(l.pid, 0), x.gid) claim.place::int AS place,
                  CASE WHEN x.gid IS NOT NULL THEN 'PREPARED_TRANSACTION'
                       WHEN a.query LIKE '%(to prevent wraparound)%' AND a.backend_type = 'autovacuum worker'
                         THEN 'WRAPAROUND_VACUUM'
                       WHEN a.backend_type = 'autovacuum worker' THEN 'AUTOVACUUM'
                       ELSE 'SESSION' END AS kind,
                  coalesce(l.pid, 0) AS pid,
                  coalesce('prepared transaction ' || x.gid, nullif(a.application_name, ''), a.backend_type, '')
                    AS application,
                  coalesce(x.owner::text, a.usename::text, '') AS owner,
                  coalesce(a.state, CASE WHEN x.gid IS NULL THEN 'unknown' ELSE 'prepared' END) AS state,
                  coalesce(extract(epoch FROM clock_timestamp() - coalesce(x.prepared, a.xact_start)), 0)::float8
                    AS age,
                  a.query_id
                FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS claim (relation, conflicting, place)
                JOIN pg_locks l ON l.relation = to_regclass(claim.relation)
                  AND l.mode = ANY (string_to_array(claim.conflicting, ','))
                LEFT JOIN pg_stat_activity a ON a.pid = l.pid
                -- A prepared transaction has no pid; its gid is found by the lock on its own number.
                LEFT JOIN pg_locks own ON l.pid IS NULL AND own.pid IS NULL AND own.locktype = 'transactionid'
                  AND own.virtualtransaction = l.virtualtransaction
                LEFT JOIN pg_prepared_xacts x ON x.transaction = own.transactionid
                WHERE l.locktype = 'relation'
                  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                  AND l.pid IS DISTINCT FROM pg_backend_pid()
                  AND (x.gid IS NOT NULL OR a.backend_type = 'autovacuum worker'
                       OR clock_timestamp() - a.xact_start > $3::float8 * interval '1 second')
                ORDER BY claim.place, coalesce(l.pid, 0), x.gid
                """, relations(claims), conflicting, olderThan.toMillis() / 1000.0).stream()
                .map(row -> new Holder(Holder.Kind.valueOf(row.getString("kind")),
                        claims.get(row.getInteger("place") - 1), blocker(row)))
                .toList();
    }

    private static String[] relations(List<LockClaim> claims) {
        return claims.stream().map(claim -> claim.relation().quoted()).toArray(String[]::new);
    }

    /**
     * Ends a session of somebody else; by all that was seen of it, because a pid may have been given to another since. The
     * server refuses for superusers, and where the migrator lacks pg_signal_backend.
     */
    public void end(BlockerPolicy.End how, Blocker blocker) {
        String function = switch (how) {
            case NEVER -> throw new IllegalArgumentException("nobody may be ended");
            case CANCEL -> "pg_cancel_backend";
            case TERMINATE -> "pg_terminate_backend";
        };
        session.query("SELECT " + function + "(pid) FROM pg_stat_activity WHERE pid = $1::int"
                + " AND backend_type = 'client backend' AND coalesce(nullif(application_name, ''), backend_type) = $2::text"
                + " AND usename = $3::text AND datname = current_database()", blocker.pid(), blocker.application(),
                blocker.user());
    }

    /** Those that the backend waits for now. */
    public List<Blocker> blockersOf(int pid) {
        return session.query("""
                SELECT a.pid, coalesce(nullif(a.application_name, ''), a.backend_type, '') AS application,
                  coalesce(a.usename::text, '') AS owner, coalesce(a.state, 'unknown') AS state,
                  coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::float8 AS age, a.query_id
                FROM pg_stat_activity a WHERE a.pid = ANY (pg_blocking_pids($1::int))
                """, pid).stream().map(Lookout::blocker).toList();
    }

    /** Details of one backend, where it still runs. */
    public List<Blocker> backend(int pid) {
        return session.query("""
                SELECT a.pid, coalesce(nullif(a.application_name, ''), a.backend_type, '') AS application,
                  coalesce(a.usename::text, '') AS owner, coalesce(a.state, 'unknown') AS state,
                  coalesce(extract(epoch FROM clock_timestamp() - a.xact_start), 0)::float8 AS age, a.query_id
                FROM pg_stat_activity a WHERE a.pid = $1::int
                """, pid).stream().map(Lookout::blocker).toList();
    }

    /**
     * Sessions that wait because of {@code pid}: by its locks, or because it stands before them in the queue. Without
     * pg_read_all_stats it is hidden whether another user's session waits; then each is asked for its blockers.
     */
    List<Waiter> waitersBehind(int pid) {
        return session.query("""
                SELECT a.pid, coalesce(a.application_name, '') AS application_name
                FROM pg_stat_activity a
                WHERE (a.wait_event_type = 'Lock' OR a.query = '<insufficient privilege>')
                  AND a.pid <> $1::int AND $1::int = ANY (pg_blocking_pids(a.pid))
                """, pid).stream().map(row -> new Waiter(row.getInteger("pid"), row.getString("application_name")))
                .toList();
    }

    record Waiter(int pid, String application) {}

    private static Blocker blocker(Row row) {
        return Holder.blocker(row.getInteger("pid"), row.getString("application"), row.getString("owner"),
                row.getString("state"), Duration.ofMillis(Math.max(0, Math.round(row.getDouble("age") * 1000))),
                row.getLong("query_id"));
    }
}
