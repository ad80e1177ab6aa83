package io.lockkeeper.observer.postgres;

import java.time.Instant;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Lsn;
import io.lockkeeper.observer.observation.Server;
import io.lockkeeper.target.Session;

public final class SqlServer implements Server {

    private final TargetConnection connection;

    public SqlServer(TargetConnection connection) {
        this.connection = connection;
    }

    @Override
    public Identity identity() {
        // The control file says the last checkpoint's timeline, which a promoted server may be slow to write.
        Row row = connection.session().query("""
                SELECT s.system_identifier::text AS system_identifier, pg_is_in_recovery() AS standby,
                       CASE WHEN pg_is_in_recovery() THEN c.timeline_id ELSE
                           ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int
                       END AS timeline_id
                FROM pg_control_system() s, pg_control_checkpoint() c""").get(0);
        return new Identity(row.getString("system_identifier"), row.getInteger("timeline_id"),
                row.getBoolean("standby"));
    }

    @Override
    public Instant clock() {
        return connection.session().query("SELECT clock_timestamp() AS at").get(0).getOffsetDateTime("at").toInstant();
    }

    @Override
    public Lsn position() {
        return position(connection.session());
    }

    static Lsn position(Session session) {
        return Lsn.parse(session.query("""
                SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                        ELSE pg_current_wal_insert_lsn() END)::text AS position""").get(0).getString("position"));
    }
}
