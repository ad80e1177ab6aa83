package io.lockkeeper.observer.postgres;

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
        Row row = connection.session().query("""
                SELECT s.system_identifier::text AS system_identifier, c.timeline_id, pg_is_in_recovery() AS standby
                FROM pg_control_system() s, pg_control_checkpoint() c""").get(0);
        return new Identity(row.getString("system_identifier"), row.getInteger("timeline_id"),
                row.getBoolean("standby"));
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
