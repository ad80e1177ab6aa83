package io.lockkeeper.observer.postgres;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Lsn;
import io.lockkeeper.observer.observation.Slots;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;

/** Works with two sessions: the observer's own, and one with the credential of the change stream, where it must. */
public final class SqlSlots implements Slots {

    private static final int DROP_ATTEMPTS = 5;
    private static final Duration DISCONNECT_DEADLINE = Duration.ofSeconds(5);

    private final TargetConnection observer;
    private final TargetConnection cdc;

    public SqlSlots(TargetConnection observer, TargetConnection cdc) {
        this.observer = observer;
        this.cdc = cdc;
    }

    @Override
    public boolean publicationExists(String publication) {
        return !observer.session().query("SELECT 1 FROM pg_publication WHERE pubname = $1", publication).isEmpty();
    }

    @Override
    public Optional<Long> serverLimit() {
        // pg_settings would make a row of every setting there is, twice a second.
        return Optional.of(observer.session()
                .query("SELECT pg_size_bytes(current_setting('max_slot_wal_keep_size')) AS bytes").get(0)
                .getLong("bytes")).filter(bytes -> bytes >= 0);
    }

    @Override
    public Optional<Slot> find(String slot) {
        // invalidation_reason is there from version 17 on; to_jsonb asks for it without failing before.
        return observer.session().query("""
                SELECT s.active, s.wal_status, to_jsonb(s) ->> 'invalidation_reason' AS invalidation,
                       coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), s.restart_lsn), 0)::bigint AS retained
                FROM pg_replication_slots s WHERE s.slot_name = $1""", slot).stream().findFirst()
                .map(row -> new Slot(slot, row.getBoolean("active"), lost(row), row.getLong("retained")));
    }

    private static Optional<String> lost(Row row) {
        if (row.getString("invalidation") != null) {
            return Optional.of(row.getString("invalidation"));
        }
        return "lost".equals(row.getString("wal_status")) ? Optional.of("its WAL was removed") : Optional.empty();
    }

    @Override
    public List<String> ours() {
        return observer.session().query("""
                SELECT slot_name FROM pg_replication_slots
                WHERE slot_name LIKE 'lockkeeper\\_%' AND database = current_database()""").stream()
                .map(row -> row.getString("slot_name")).toList();
    }

    @Override
    public Optional<CreationFailed> create(String slot, Duration deadline) {
        Session session = cdc.session();
        boolean failover = session.query("SELECT current_setting('server_version_num')::int >= 170000 AS yes").get(0)
                .getBoolean("yes");
        // The deadline is the statement's: who waits here holds back nobody but itself.
        session.execute("SET statement_timeout = " + deadline.toMillis());
        try {
            session.query("SELECT 1 FROM pg_create_logical_replication_slot($1, 'pgoutput', false, false"
                    + (failover ? ", true)" : ")"), slot);
            return Optional.empty();
        } catch (SqlFailure e) {
            return Optional.of(new CreationFailed("SQLSTATE " + e.sqlState() + ": " + e.getMessage(), oldest()));
        } finally {
            if (session.open()) {
                session.execute("SET statement_timeout = 15000");
            }
        }
    }

    private Optional<String> oldest() {
        return observer.session().query("""
                SELECT pid, application_name, datname,
                       extract(epoch FROM clock_timestamp() - xact_start)::bigint AS seconds
                FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
                ORDER BY xact_start LIMIT 1""").stream().findFirst()
                .map(row -> "pid " + row.getInteger("pid") + " (" + row.getString("application_name") + ", database "
                        + row.getString("datname") + ", in its transaction for " + row.getLong("seconds") + " s)");
    }

    @Override
    public void drop(String slot) {
        for (int attempt = 1; find(slot).isPresent(); attempt++) {
            disconnect(slot);
            try {
                cdc.session().query("""
                        SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = $1""",
                        slot);
            } catch (SqlFailure e) {
                // 55006: a reader came back in between; 42704: somebody else was faster.
                if (!e.sqlState().equals("55006") && !e.sqlState().equals("42704") || attempt == DROP_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void disconnect(String slot) {
        cdc.session().query("""
                SELECT pg_terminate_backend(active_pid, $2) FROM pg_replication_slots
                WHERE slot_name = $1 AND active_pid IS NOT NULL""", slot, DISCONNECT_DEADLINE.toMillis());
    }

    @Override
    public Lsn probe(String content) {
        // Transactional: the commit flushes it, so that it reaches the stream at once also on an idle server.
        return Lsn.parse(observer.session()
                .query("SELECT pg_logical_emit_message(true, 'lockkeeper.probe', $1::text)::text AS position", content)
                .get(0).getString("position"));
    }
}
