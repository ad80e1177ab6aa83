package io.lockkeeper.testbed;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A PostgreSQL server for tests, with Lockkeeper's settings (wal_level logical, pg_stat_statements, …) and without
 * fsync. Use {@link #shared()} with a database of your own; a server of your own only to break or to configure it.
 */
public final class TestPostgres extends TestServer {

    private final PostgresServer server;

    private TestPostgres(PostgresServer server, boolean shared) {
        super("PostgreSQL server", shared ? Optional.empty() : server.life());
        this.server = server;
    }

    /** The one server of this JVM, started at the first call; it cannot be stopped. */
    public static TestPostgres shared() {
        return Shared.SERVER;
    }

    /**
     * A server of its own, running.
     *
     * @param settings of postgresql.conf, over the defaults
     */
    public static TestPostgres launch(Map<String, String> settings) {
        return new TestPostgres(PostgresServer.start(ServerKind.chosen(), settings), false);
    }

    /** An empty database, named by the prefix (lower-case letters, digits, underscores) and something unique. */
    public TestDatabase createDatabase(String prefix) {
        if (!prefix.matches("[a-z][a-z0-9_]{0,30}")) {
            throw new IllegalArgumentException("\"" + prefix + "\" is no prefix for a database name: use up to 31"
                    + " lower-case letters, digits and underscores");
        }
        var name = prefix + "_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
        try (var connection = connect("postgres"); var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException("Cannot create database " + name, e);
        }
        return new TestDatabase(server, name);
    }

    public String host() {
        return server.host();
    }

    public int port() {
        return server.port();
    }

    public String superuser() {
        return server.superuser();
    }

    public String superuserPassword() {
        return server.password();
    }

    /** As superuser. */
    public Connection connect(String database) throws SQLException {
        return Connections.connect(server, database);
    }

    private static final class Shared {

        private static final TestPostgres SERVER = new TestPostgres(SharedServer.startOrAttach(
                "postgres", () -> PostgresServer.start(ServerKind.chosen(), Map.of()),
                PostgresServer::address, PostgresServer::attached), true);
    }
}
