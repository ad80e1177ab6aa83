package io.lockkeeper.observer.postgres;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.core.type.TypeReference;
import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.SessionSelector;
import io.lockkeeper.observer.session.SessionCount;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/** Sessions on the primary and on every configured replica. */
public final class SqlSessionCount implements SessionCount {

    /** A node that does not answer costs a connection's deadline, in which nobody looks at the others. */
    private static final Duration ASKED_AGAIN = Duration.ofSeconds(30);

    private final TargetConnection primary;
    private final Map<String, TargetConnection> replicas;
    private final Clock clock;
    private final Map<String, Instant> failedAt = new HashMap<>();

    /** @param replicas by name */
    public SqlSessionCount(TargetConnection primary, Map<String, TargetConnection> replicas, Clock clock) {
        this.primary = primary;
        this.replicas = Map.copyOf(replicas);
        this.clock = clock;
    }

    @Override
    public Seen count(SessionSelector selector) {
        Seen seen = count(primary, selector);
        for (Map.Entry<String, TargetConnection> replica : replicas.entrySet()) {
            seen = together(seen, countReplica(replica.getKey(), replica.getValue(), selector));
        }
        return seen;
    }

    /** What is seen anywhere counts, whatever cannot be seen elsewhere; nobody seen needs all nodes. */
    private static Seen together(Seen one, Seen other) {
        if (one instanceof Sessions here && other instanceof Sessions there) {
            Map<String, Integer> all = new HashMap<>(here.byName());
            there.byName().forEach((name, sessions) -> all.merge(name, sessions, Integer::sum));
            return new Sessions(all);
        }
        if (one instanceof Sessions here) {
            return here.count() > 0 ? here : other;
        }
        return other instanceof Sessions there && there.count() > 0 ? there : one;
    }

    private Seen countReplica(String name, TargetConnection connection, SessionSelector selector) {
        Instant failed = failedAt.get(name);
        if (failed != null && failed.plus(ASKED_AGAIN).isAfter(clock.instant())) {
            return unreachable(name);
        }
        try {
            Seen seen = count(connection, selector);
            failedAt.remove(name);
            return seen;
        } catch (SqlFailure e) {
            if (e.state() != SqlState.CONNECTION_LOST) {
                return new Unseen("sessions of replica " + name + " cannot be counted, SQLSTATE " + e.sqlState() + ": "
                        + e.getMessage());
            }
            failedAt.put(name, clock.instant());
            return unreachable(name);
        }
    }

    private static Unseen unreachable(String name) {
        return new Unseen(
                "replica " + name + " cannot be reached: whoever reads there is not seen; start it, or take it"
                        + " out of the target's `replicas`");
    }

    private static Seen count(TargetConnection connection, SessionSelector selector) {
        String column = switch (selector.by()) {
            case APPLICATION_NAME -> "application_name";
            case ROLE -> "usename";
            case ADDRESS -> "host(client_addr)";
        };
        Row row = connection.session().query("SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees,"
                + " (SELECT coalesce(json_object_agg(name, sessions), '{}')::text FROM ("
                + "SELECT application_name AS name, count(*) AS sessions FROM pg_stat_activity WHERE " + column
                + " LIKE $1 AND datname = current_database() AND backend_type = 'client backend'"
                + " AND application_name NOT LIKE 'lockkeeper/%' GROUP BY 1) s) AS sessions", selector.pattern())
                .get(0);
        if (!row.getBoolean("sees")) {
            return new Unseen("the observer's role cannot see other sessions: GRANT pg_monitor to it");
        }
        return new Sessions(Json.read(row.getString("sessions"), new TypeReference<Map<String, Integer>>() {
        }));
    }
}
