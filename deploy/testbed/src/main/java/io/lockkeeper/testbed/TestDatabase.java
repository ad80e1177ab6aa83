package io.lockkeeper.testbed;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * One database of a test, dropped on close with its replication slots and whoever is connected. {@code user} is the
 * server's superuser; further roles are the test's own to make, server-wide, with passwords (SCRAM is required).
 */
public final class TestDatabase implements AutoCloseable {

    private final PostgresServer server;
    private final String name;

    TestDatabase(PostgresServer server, String name) {
        this.server = server;
        this.name = name;
    }

    public String host() {
        return server.host();
    }

    public int port() {
        return server.port();
    }

    public String name() {
        return name;
    }

    public String user() {
        return server.superuser();
    }

    public String password() {
        return server.password();
    }

    /** {@code postgresql://user:password@host:port/name} */
    public String uri() {
        return uri(user(), password());
    }

    /** The same for another role. */
    public String uri(String role, String rolePassword) {
        return Connections.uri(server, name, role, rolePassword);
    }

    /** {@code jdbc:postgresql://host:port/name?user=…&password=…} */
    public String jdbcUrl() {
        return Connections.jdbcUrl(server, name);
    }

    public Connection connect() throws SQLException {
        return Connections.connect(server, name);
    }

    /** Runs one or several statements as superuser, each in its own transaction if they are given one by one. */
    public void execute(String... statements) throws SQLException {
        try (var connection = connect(); var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public void close() {
        try (var connection = Connections.connect(server, "postgres")) {
            dropReplicationSlots(connection);
            try (var statement = connection.createStatement()) {
                statement.execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
            }
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot drop database " + name, e);
        }
    }

    /** A logical slot keeps its database from being dropped, and a client of it keeps the slot. */
    private void dropReplicationSlots(Connection connection) throws SQLException {
        var sql = """
                DO $$
                DECLARE
                    slot record;
                BEGIN
                    FOR slot IN SELECT slot_name, active_pid FROM pg_replication_slots WHERE database = '%s' LOOP
                        IF slot.active_pid IS NOT NULL THEN
                            PERFORM pg_terminate_backend(slot.active_pid, 10000);
                        END IF;
                        PERFORM pg_drop_replication_slot(slot.slot_name);
                    END LOOP;
                END
                $$""".formatted(name);
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
