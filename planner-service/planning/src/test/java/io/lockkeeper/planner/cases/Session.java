package io.lockkeeper.planner.cases;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A connection whose failures name the step and the statement. */
record Session(Connection connection) {

    void execute(String id, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new SQLException(id + ": " + e.getMessage() + "\n" + sql, e.getSQLState(), e);
        }
    }

    List<String> rows(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement(); ResultSet found = statement.executeQuery(sql)) {
            while (found.next()) {
                rows.add(found.getMetaData().getColumnCount() == 0 ? "" : String.valueOf(found.getString(1)));
            }
        }
        return rows;
    }
}
