package io.lockkeeper.executor.postgres;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.executor.recovery.DatabaseIdentity;
import io.lockkeeper.executor.recovery.TargetLedger;
import io.lockkeeper.target.Session;

/** {@code lockkeeper.target}, the advisory lock and the backends of executors. */
public final class PostgresTargetLedger implements TargetLedger {

    @Override
    public boolean tryLock(Session keeper) {
        // Without the target's name: two names for one database must not give it two executors.
        return keeper.query("SELECT pg_try_advisory_lock(hashtextextended('lockkeeper executor', 0)) AS locked").get(0)
                .getBoolean("locked");
    }

    @Override
    public Optional<Standing> standing(Session session, String target) {
        if (!RunReader.ledgerPresent(session)) {
            return Optional.empty();
        }
        return session.query("""
                SELECT system_identifier, timeline, backend_pids FROM lockkeeper.target WHERE name = $1::text
                """, target).stream().findFirst()
                .map(row -> new Standing(identity(session),
                        new DatabaseIdentity(row.getString("system_identifier"), row.getInteger("timeline")),
                        Arrays.asList(row.getArrayOfIntegers("backend_pids"))));
    }

    /** The timeline of the WAL that is written now, not of the last checkpoint. */
    static DatabaseIdentity identity(Session session) {
        Row row = session.query("""
                SELECT system_identifier::text AS system_identifier,
                  ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int AS timeline,
                  EXISTS (SELECT FROM pg_settings WHERE setting <> '' AND name IN ('recovery_target', 'recovery_target_lsn',
                    'recovery_target_name', 'recovery_target_time', 'recovery_target_xid')) AS restored
                FROM pg_control_system()
                """).get(0);
        return new DatabaseIdentity(row.getString("system_identifier"), row.getInteger("timeline"),
                row.getBoolean("restored"));
    }

    /** By pid and name: a pid may have been given to somebody else since. */
    @Override
    public void terminate(Session session, List<Integer> backends) {
        session.query("""
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE pid = ANY ($1::int[]) AND datname = current_database()
                  AND application_name LIKE 'lockkeeper/executor/%' AND pid <> pg_backend_pid()
                """, (Object) backends.toArray(Integer[]::new));
    }

    @Override
    public boolean anyAlive(Session session, List<Integer> backends) {
        return !session.query("""
                SELECT FROM pg_stat_activity
                WHERE pid = ANY ($1::int[]) AND datname = current_database()
                  AND application_name LIKE 'lockkeeper/executor/%' AND pid <> pg_backend_pid()
                """, (Object) backends.toArray(Integer[]::new)).isEmpty();
    }

    @Override
    public long raiseEpoch(Session session, String target, String executor, List<Integer> backends, int timeline) {
        return session.query("""
                UPDATE lockkeeper.target
                SET epoch = epoch + 1, executor = $2::text, backend_pids = $3::int[], timeline = $4::int,
                  acquired_at = clock_timestamp()
                WHERE name = $1::text RETURNING epoch
                """, target, executor, backends.toArray(Integer[]::new), timeline).get(0).getLong("epoch");
    }

    @Override
    public void closeAttempts(Session session, String target) {
        session.query("""
                UPDATE lockkeeper.attempt a SET outcome = 'INTERRUPTED', finished_at = clock_timestamp()
                FROM lockkeeper.run r
                WHERE r.id = a.run AND r.target = $1::text AND a.outcome IS NULL
                """, target);
    }
}
