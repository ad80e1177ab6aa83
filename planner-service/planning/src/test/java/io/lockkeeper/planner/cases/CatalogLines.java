package io.lockkeeper.planner.cases;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.testbed.TestDatabase;

/** A database as sorted lines: two are the same where the lines are. */
public final class CatalogLines {

    private CatalogLines() {}

    public static List<String> schema(TestDatabase database) throws SQLException, IOException {
        try (Connection connection = database.connect()) {
            return schema(connection);
        }
    }

    static List<String> schema(Connection connection) throws SQLException, IOException {
        try (InputStream in = CatalogLines.class
                .getResourceAsStream("/io/lockkeeper/planner/postgres/catalog-facts.sql")) {
            return lines(connection, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Every row of every table, without regard to the order of columns. */
    static List<String> rows(Connection connection) throws SQLException {
        List<String> all = new ArrayList<>();
        for (String table : lines(connection, """
                SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema|lockkeeper)' ORDER BY 1""")) {
            lines(connection, "SELECT to_jsonb(t)::text FROM " + table + " t ORDER BY 1")
                    .forEach(row -> all.add(table + " " + row));
        }
        return all;
    }

    private static List<String> lines(Connection connection, String sql) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = pg_catalog");
            try (ResultSet found = statement.executeQuery(sql)) {
                while (found.next()) {
                    lines.add(found.getString(1));
                }
            }
        }
        return lines;
    }
}
