package io.lockkeeper.cli.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Submits one case after the other, until it is stopped. */
final class CaseCaller implements AutoCloseable {

    static final String OLD = "SELECT app.submit_case(jsonb_build_object('requestId', ?::text))";
    static final String NEW = "SELECT case_id FROM app.submit_case_v2('{\"by\": \"version 2\"}', ?)";

    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicReference<String> firstFailure = new AtomicReference<>("");
    private final Thread thread;
    private volatile boolean stopped;

    CaseCaller(String url, String application, String sql) {
        thread = new Thread(() -> run(url, application, sql), application);
        thread.start();
    }

    private void run(String url, String application, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                var statement = connection.prepareStatement(sql)) {
            while (!stopped) {
                statement.setString(1, application + " " + calls.get() % 1000);
                try (var rows = statement.executeQuery()) {
                    rows.next();
                    if (rows.getLong(1) == 0) {
                        throw new SQLException("no case was filed");
                    }
                } catch (SQLException e) {
                    failures.incrementAndGet();
                    firstFailure.compareAndSet("", e.getSQLState() + " " + e.getMessage());
                }
                calls.incrementAndGet();
            }
        } catch (SQLException e) {
            failures.incrementAndGet();
            firstFailure.compareAndSet("", e.getSQLState() + " " + e.getMessage());
        }
    }

    long calls() {
        return calls.get();
    }

    long failures() {
        return failures.get();
    }

    String firstFailure() {
        return firstFailure.get();
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
