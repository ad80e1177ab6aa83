package io.lockkeeper.observer.postgres;

import java.math.BigDecimal;
import java.util.List;

import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.Gauge;
import io.lockkeeper.observer.invariant.GaugeReader;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;

/** As {@link SqlInvariants}: the release's own text, read-only, as the observer's role, under its own timeout. */
public final class SqlGauges implements GaugeReader {

    private final TargetConnection connection;

    public SqlGauges(TargetConnection connection) {
        this.connection = connection;
    }

    @Override
    public Reading read(Gauge gauge) {
        try {
            return reading(SqlInvariants.readOnly(connection.session(), gauge.timeout(),
                    "SELECT * FROM (\n" + SqlInvariants.withoutSemicolon(gauge.sql()) + "\n) AS gauge LIMIT 2"
                            + SqlCallers.OURS));
        } catch (SqlFailure e) {
            if (e.state() == SqlState.CONNECTION_LOST) {
                throw e;
            }
            return new Unreadable(SqlInvariants.why(e, gauge.timeout()));
        }
    }

    private static Reading reading(List<Row> rows) {
        if (rows.size() != 1 || rows.get(0).size() != 1) {
            return new Unreadable("the query does not return one row of one column");
        }
        Object value = rows.get(0).getValue(0);
        if (!(value instanceof Number)) {
            return new Unreadable(value == null ? "the query returns null" : "the query does not return a number");
        }
        try {
            return new Value(new BigDecimal(value.toString()));
        } catch (NumberFormatException e) {
            return new Unreadable("the query returns what is no finite number");
        }
    }
}
