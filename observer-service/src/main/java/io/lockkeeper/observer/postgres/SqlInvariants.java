package io.lockkeeper.observer.postgres;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Invariant;
import io.lockkeeper.observer.invariant.InvariantRunner;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/**
 * The query is the release's own text: it runs as the observer's role, in a READ ONLY transaction, as a prepared statement
 * (which is one statement and no more), under its own timeout.
 */
public final class SqlInvariants implements InvariantRunner {

    private final TargetConnection connection;

    public SqlInvariants(TargetConnection connection) {
        this.connection = connection;
    }

    @Override
    public Result run(Invariant invariant) {
        try {
            return violations(readOnly(connection.session(), invariant.timeout(),
                    "SELECT md5(violation::text) AS digest FROM (\n" + withoutSemicolon(invariant.sql())
                            + "\n) AS violation LIMIT " + (LIMIT + 1) + SqlCallers.OURS));
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST) {
                throw e;
            }
            return new Failed(why(e, invariant.timeout()));
        }
    }

    static List<Row> readOnly(Session session, Duration timeout, String sql) {
        return session.transaction(() -> {
            session.execute("SET TRANSACTION READ ONLY;" + asTheApplication(timeout));
            return session.query(sql);
        });
    }

    /** The names in a team's text are meant as the application sees them. */
    static String asTheApplication(Duration timeout) {
        return " SET LOCAL statement_timeout = " + Math.max(1, timeout.toMillis())
                + "; SET LOCAL search_path = \"$user\", public";
    }

    static String why(SqlFailure failure, Duration timeout) {
        return failure.state() == SqlState.CANCELLED
                ? "not answered within " + timeout.toMillis() + " ms"
                : "SQLSTATE " + failure.sqlState() + ": " + failure.getMessage();
    }

    /** Equal rows are counted, so that a second one of them is seen as new. */
    private static Violations violations(List<Row> rows) {
        Map<String, Integer> seen = new HashMap<>();
        Set<String> digests = new HashSet<>();
        for (Row row : rows.subList(0, Math.min(LIMIT, rows.size()))) {
            String digest = row.getString("digest");
            digests.add(digest + "#" + seen.merge(digest, 1, Integer::sum));
        }
        return new Violations(digests, rows.size() > LIMIT);
    }

    static String withoutSemicolon(String sql) {
        String text = sql.strip();
        return text.endsWith(";") ? text.substring(0, text.length() - 1) : text;
    }
}
