package io.lockkeeper.cli.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks the server, at short intervals, which of the shop's sessions wait for a lock behind one of ours. The server's word
 * is the measure of success: a client's stall can have many reasons, {@code pg_blocking_pids} has one.
 */
final class BlockedSessions implements AutoCloseable {

    static final Duration INTERVAL = Duration.ofMillis(50);

    /** pg_blocking_pids looks into the lock table: it is asked for sessions that wait for a lock, alone. */
    private static final String QUERY = """
            SELECT a.pid, coalesce(extract(epoch FROM l.waitstart), 0)::text AS since,
                   (extract(epoch FROM clock_timestamp() - l.waitstart) * 1000)::bigint AS waited
            FROM pg_stat_activity a
            JOIN pg_locks l ON l.pid = a.pid AND NOT l.granted
            WHERE a.wait_event_type = 'Lock' AND a.application_name NOT LIKE 'lockkeeper/%'
              AND EXISTS (SELECT FROM unnest(pg_blocking_pids(a.pid)) AS blocker (pid)
                          JOIN pg_stat_activity b ON b.pid = blocker.pid
                          WHERE b.application_name LIKE 'lockkeeper/%')
            """;

    private final Connection connection;
    private final Thread thread;
    private final Map<String, Long> waits = new HashMap<>();
    private volatile boolean running = true;
    private volatile String broken = "";

    /** @param connection as a role that sees all sessions; this object's own from now on */
    BlockedSessions(Connection connection) {
        this.connection = connection;
        this.thread = new Thread(this::sample, "blocked-sessions");
        thread.setDaemon(true);
        thread.start();
    }

    private void sample() {
        try (var query = connection.prepareStatement(QUERY)) {
            while (running) {
                try (var rows = query.executeQuery()) {
                    while (rows.next()) {
                        record(rows.getInt("pid") + "@" + rows.getString("since"), rows.getLong("waited"));
                    }
                }
                LockSupport.parkNanos(INTERVAL.toNanos());
            }
        } catch (SQLException e) {
            broken = String.valueOf(e.getMessage());
        }
    }

    private synchronized void record(String wait, long millis) {
        waits.merge(wait, millis, Math::max);
    }

    /** Waits of the shop's sessions behind ours that were seen. */
    synchronized int victims() {
        return waits.size();
    }

    /** The longest of them, as old as it was when last seen. */
    synchronized Duration longest() {
        return Duration.ofMillis(waits.values().stream().mapToLong(Long::longValue).max().orElse(0));
    }

    /** Why sampling ended early; empty where it did not. */
    String broken() {
        return broken;
    }

    @Override
    public void close() {
        running = false;
        try {
            thread.join(2_000);
            connection.close();
        } catch (SQLException gone) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
