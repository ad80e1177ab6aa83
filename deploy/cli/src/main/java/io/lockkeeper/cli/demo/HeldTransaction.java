package io.lockkeeper.cli.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Somebody's session that has read the hot table and sits idle in its transaction, with its lock. */
final class HeldTransaction implements AutoCloseable {

    static final String APPLICATION_NAME = "reports/nightly";

    private final Connection connection;
    private final CompletableFuture<Void> end;

    /** @param url with the application name {@link #APPLICATION_NAME} */
    HeldTransaction(String url, Duration duration) throws SQLException {
        connection = DriverManager.getConnection(url);
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT status FROM orders WHERE id = 1")) {
            rows.next();
        }
        end = CompletableFuture.runAsync(this::release,
                CompletableFuture.delayedExecutor(duration.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void release() {
        try (connection) {
            connection.rollback();
        } catch (SQLException gone) {
            return;
        }
    }

    /** Whether it is over. */
    boolean released() {
        return end.isDone();
    }

    @Override
    public void close() {
        end.cancel(false);
        release();
    }
}
