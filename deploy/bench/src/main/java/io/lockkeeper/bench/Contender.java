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

    /** Connects, and starts what runs long before there are rows to move. */
    Mover open(Server server, String database) throws Exception;

    /** A contender at its mark. */
    interface Mover extends AutoCloseable {

        /** Runs until all rows are filled or {@code limit} is over. */
        Moved move(Duration limit) throws Exception;

        @Override
        void close() throws SQLException;
    }

    /** Over one connection, by {@code work}. */
    record Client(Connection connection, Work work) implements Mover {

        interface Work {
            Moved move(Connection connection, Duration limit) throws SQLException;
        }

        @Override
        public Moved move(Duration limit) throws SQLException {
            return work.move(connection, limit);
        }

        @Override
        public void close() throws SQLException {
            connection.close();
        }
    }

    /** Nothing moves: as much as the workload's latency differs then, it differs by chance. */
    record Nobody() implements Contender {

        @Override
        public String name() {
            return "nobody";
        }

        @Override
        public Mover open(Server server, String database) throws SQLException {
            return new Client(server.connect(database), (connection, limit) -> {
                try (var statement = connection.createStatement()) {
                    statement.execute("SELECT pg_sleep(" + limit.toSeconds() + ")");
                }
                return new Moved(0, limit.toSeconds(), true);
            });
        }
    }

    /** One statement over the whole table: no batch, no cursor; every row stays locked to the end. */
    record PlainUpdate() implements Contender {

        @Override
        public String name() {
            return "plain UPDATE";
        }

        @Override
        public Mover open(Server server, String database) throws SQLException {
            return new Client(server.connect(database), PlainUpdate::move);
        }

        private static Moved move(Connection connection, Duration limit) throws SQLException {
            try (var statement = connection.createStatement()) {
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
        public Mover open(Server server, String database) throws SQLException {
            return new Client(server.connect(database), Keyset::move);
        }

        private static Moved move(Connection connection, Duration limit) throws SQLException {
            try (var batch = connection.prepareStatement("""
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
     * is not counted: the others leave that to autovacuum. The executor is a service: it runs, and has run a release for
     * another target, before anything is measured.
     */
    record Lockkeeper(int workers) implements Contender {

        private static final String WARM = "warm";

        @Override
        public String name() {
            return "Lockkeeper, " + workers + (workers == 1 ? " worker" : " workers");
        }

        @Override
        public Mover open(Server server, String database) throws Exception {
            server.prepare(WARM, 50_000);
            var executor = new InProcessExecutor(server, Map.of(InProcessExecutor.TARGET, database, WARM, WARM),
                    BackfillPolicy.DEFAULT.with(workers)).start();
            executor.claim(BenchPlan.backfill(WARM, "earlier"));
            while (executor.completed().isEmpty()) {
                Thread.sleep(20);
            }
            Connection connection = server.connect(database);
            // Looking on is no workload that the backfill should make room for.
            connection.createStatement().execute("SET application_name = 'lockkeeper/bench'");
            return new Service(executor, connection);
        }
    }

    record Service(InProcessExecutor executor, Connection connection) implements Mover {

        @Override
        public Moved move(Duration limit) throws Exception {
            executor.claim(BenchPlan.backfill(InProcessExecutor.TARGET, "backfill"));
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

        @Override
        public void close() throws SQLException {
            executor.close();
            connection.close();
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
