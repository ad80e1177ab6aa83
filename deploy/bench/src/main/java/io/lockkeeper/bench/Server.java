package io.lockkeeper.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

import io.lockkeeper.testbed.TestPostgres;

/** A server with fsync, and copies of a prepared database: every contender starts from the same files. */
final class Server implements AutoCloseable {

    private final TestPostgres postgres;

    Server() {
        // No checkpoint and no vacuum in the middle of one contender and not of the other.
        postgres = TestPostgres.launch(Map.of("fsync", "on", "shared_buffers", "1GB", "max_wal_size", "16GB",
                "min_wal_size", "8GB",
                "checkpoint_timeout", "60min", "autovacuum", "off", "track_functions", "none"));
    }

    String host() {
        return postgres.host();
    }

    int port() {
        return postgres.port();
    }

    String user() {
        return postgres.superuser();
    }

    String password() {
        return postgres.superuserPassword();
    }

    Connection connect(String database) throws SQLException {
        return postgres.connect(database);
    }

    void execute(String database, String... statements) throws SQLException {
        try (Connection connection = connect(database); var statement = connection.createStatement()) {
            statement.execute("SET application_name = 'lockkeeper/bench'"); // not a workload that is to be protected
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /**
     * WAL segments that a checkpoint leaves to be used again, as a server has them that has run for a while. To make a new
     * one, whoever commits writes 16 MiB and waits for the disk: that would be measured instead of the contender.
     */
    void writeWal(int megabytes) throws SQLException {
        execute("postgres", "SELECT count(pg_logical_emit_message(false, 'bench', repeat('x', 1048576)))"
                + " FROM generate_series(1, " + megabytes + ")", "CHECKPOINT");
    }

    /** {@code orders}, never updated, all visible, in database {@code name}. */
    void prepare(String name, long rows) throws SQLException {
        execute("postgres", "DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name);
        execute(name, """
                CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int NOT NULL, status text NOT NULL,
                  amount int NOT NULL, amount_new bigint, note text, created_at timestamptz DEFAULT now())
                """, "INSERT INTO orders (id, customer_id, status, amount, note) SELECT i, i % 10000, 'open', i % 500,"
                + " repeat('x', 80) FROM generate_series(1, " + rows + ") i", "VACUUM (FREEZE, ANALYZE) orders",
                "CHECKPOINT");
    }

    void copy(String from, String to) throws SQLException {
        execute("postgres", "DROP DATABASE IF EXISTS " + to + " WITH (FORCE)",
                "CREATE DATABASE " + to + " TEMPLATE " + from + " STRATEGY file_copy", "CHECKPOINT");
        execute(to, "SELECT count(note) FROM orders");
    }

    void drop(String name) throws SQLException {
        execute("postgres", "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    @Override
    public void close() {
        postgres.close();
    }
}
