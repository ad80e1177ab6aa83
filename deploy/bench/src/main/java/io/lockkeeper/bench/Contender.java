package io.lockkeeper.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

import io.lockkeeper.executor.backfill.BackfillPolicy;

/** A way to fill {@code amount_new} of every row of {@code orders}. */
interface Contender {

    String name();

    /** How far it came. */
    record Moved(long rows, double seconds, boolean complete) {}

    /** Runs until all rows are filled or {@code limit} is over. */
    Moved run(Server server, String database, Duration limit) throws Exception;

    /** One statement over the whole table: no batch, no cursor; every row stays locked to the end. */
    record PlainUpdate() implements Contender {

        @Override
        public String name() {
            return "plain UPDATE";
        }

        @Override
        public Moved run(Server server, String database, Duration limit) throws SQLException {
            try (Connection connection = server.connect(database); var statement = connection.createStatement()) {
                long start = System.nanoTime();
                long rows = statement.executeLargeUpdate("UPDATE orders SET amount_new = " + BenchPlan.ASSIGNMENT
                        + " WHERE " + BenchPlan.DIFFERS);
                return new Moved(rows, (System.nanoTime() - start) / 1e9, true);
            }
        }
    }

    /** A client's loop over the primary key, as migration tools do it: 1,000 rows, one durable transaction each. */
    record Keyset() implements Contender {

        private static final int BATCH = 1000;

        @Override
        public String name() {
            return "keyset, " + BATCH + " a batch";
        }

        @Override
        public Moved run(Server server, String database, Duration limit) throws SQLException {
            try (Connection connection = server.connect(database); var batch = connection.prepareStatement("""
                    WITH batch AS (
                      SELECT id FROM orders WHERE id > ? ORDER BY id LIMIT %d FOR NO KEY UPDATE
                    ), moved AS (
                      UPDATE orders SET amount_new = %s FROM batch WHERE orders.id = batch.id RETURNING orders.id
                    )
                    SELECT max(id), count(*) FROM moved
                    """.formatted(BATCH, BenchPlan.ASSIGNMENT.replace("amount", "orders.amount")))) {
                long start = System.nanoTime();
                long last = 0;
                long rows = 0;
                while (System.nanoTime() - start < limit.toNanos()) {
                    batch.setLong(1, last);
                    try (ResultSet answer = batch.executeQuery()) {
                        answer.next();
                        if (answer.getLong(2) == 0) {
                            return new Moved(rows, (System.nanoTime() - start) / 1e9, true);
                        }
                        last = answer.getLong(1);
                        rows += answer.getLong(2);
                    }
                }
                return new Moved(rows, (System.nanoTime() - start) / 1e9, false);
            }
        }
    }

    /**
     * The executor's own step, from RUNNING to the end of the sweep that finds nothing left. The VACUUM that it runs then
     * is not counted: the others leave that to autovacuum.
     */
    record Lockkeeper(int workers) implements Contender {

        @Override
        public String name() {
            return "Lockkeeper, " + workers + (workers == 1 ? " worker" : " workers");
        }

        @Override
        public Moved run(Server server, String database, Duration limit) throws Exception {
            try (Connection connection = server.connect(database);
                    InProcessExecutor executor = new InProcessExecutor(server,
                            Map.of(InProcessExecutor.TARGET, database), BackfillPolicy.DEFAULT.with(workers)).start()) {
                // Looking on is no workload that the backfill should make room for.
                connection.createStatement().execute("SET application_name = 'lockkeeper/bench'");
                executor.claim(BenchPlan.backfill("backfill"));
                long start = System.nanoTime();
                while (System.nanoTime() - start < limit.toNanos()) {
                    Moved moved = look(connection);
                    if (moved.complete()) {
                        return moved;
                    }
                    Thread.sleep(20);
                }
                return look(connection);
            }
        }

        private static Moved look(Connection connection) throws SQLException {
            try (var statement = connection.createStatement();
                    ResultSet step = statement.executeQuery("""
                            SELECT state, coalesce(rows, (SELECT sum(c.rows) FROM lockkeeper.cursor c), 0) AS rows,
                              coalesce(extract(epoch FROM CASE WHEN finished_at IS NULL THEN clock_timestamp()
                                ELSE (SELECT max(c.updated_at) FROM lockkeeper.cursor c) END - started_at), 0)
                                AS seconds, failure
                            FROM lockkeeper.step WHERE kind = 'backfill'
                            """)) {
                step.next();
                if (step.getString("failure") != null) {
                    throw new IllegalStateException("the backfill failed: " + step.getString("failure"));
                }
                return new Moved(step.getLong("rows"), step.getDouble("seconds"),
                        step.getString("state").equals("SUCCEEDED"));
            }
        }
    }
}
