package io.lockkeeper.observer.postgres;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.SessionSelector;
import io.lockkeeper.observer.session.SessionCount;

public final class SqlSessionCount implements SessionCount {

    private final TargetConnection connection;

    public SqlSessionCount(TargetConnection connection) {
        this.connection = connection;
    }

    @Override
    public Seen count(SessionSelector selector) {
        String column = switch (selector.by()) {
            case APPLICATION_NAME -> "application_name";
            case ROLE -> "usename";
            case ADDRESS -> "host(client_addr)";
        };
        Row row = connection.session().query("SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees,"
                + " count(*) FILTER (WHERE " + column + " LIKE $1) AS sessions"
                + " FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
                + " AND application_name NOT LIKE 'lockkeeper/%'", selector.pattern()).get(0);
        if (!row.getBoolean("sees")) {
            return new Unseen("the observer's role cannot see other sessions: GRANT pg_monitor to it");
        }
        return new Sessions(Math.toIntExact(row.getLong("sessions")));
    }
}
