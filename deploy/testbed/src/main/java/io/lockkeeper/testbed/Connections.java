package io.lockkeeper.testbed;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;

import org.postgresql.Driver;

/** Addresses of a server and plain JDBC connections to it. */
final class Connections {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private Connections() {}

    static String jdbcUrl(PostgresServer server, String database) {
        return "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + encoded(database) + "?user="
                + encoded(server.superuser()) + "&password=" + encoded(server.password());
    }

    static String uri(PostgresServer server, String database, String user, String password) {
        return "postgresql://" + encoded(user) + ":" + encoded(password) + "@" + server.host() + ":" + server.port()
                + "/" + encoded(database);
    }

    static Connection connect(PostgresServer server, String database) throws SQLException {
        // Not by DriverManager: it knows the driver of whichever class loader asked first, and Quarkus tests have several.
        return new Driver().connect(jdbcUrl(server, database), new Properties());
    }

    static void awaitAnswer(PostgresServer server) {
        var deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (true) {
            try {
                connect(server, "postgres").close();
                return;
            } catch (SQLException e) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("PostgreSQL at " + server.host() + ":" + server.port()
                            + " does not answer " + START_TIMEOUT.toSeconds() + " s after its start", e);
                }
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
