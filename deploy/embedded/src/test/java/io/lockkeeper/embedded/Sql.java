package io.lockkeeper.embedded;

import java.sql.DriverManager;
import java.sql.SQLException;

/** One statement on a connection of its own. */
final class Sql {

    private Sql() {}

    static String ask(EmbeddedPostgres server, String query) throws SQLException {
        return ask(server.jdbcUrl("postgres", EmbeddedPostgres.SUPERUSER), query);
    }

    static String ask(String jdbcUrl, String query) throws SQLException {
        try (var connection = DriverManager.getConnection(jdbcUrl);
                var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    static void run(EmbeddedPostgres server, String... statements) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl("postgres", EmbeddedPostgres.SUPERUSER));
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
