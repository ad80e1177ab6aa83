package io.lockkeeper.planner.cases;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import io.lockkeeper.testbed.TestDatabase;

/**
 * What a version of the application does, over and over while a plan lets it: each statement in a transaction of its own.
 * None may fail; a SELECT looks for what must not be there.
 */
final class Workload {

    private final TestDatabase database;
    private final List<String> statements;
    private final AtomicLong numbers;
    private final int from;
    private final int until;
    private Thread thread;
    private boolean stopping;
    private long rounds;
    private Throwable failure;

    /**
     * @param statements with {@code {n}} for a number that no other round has
     * @param from       after how many steps of the plan it may begin
     * @param until      after how many it must have ended
     */
    Workload(TestDatabase database, List<String> statements, AtomicLong numbers, int from, int until) {
        this.database = database;
        this.statements = statements;
        this.numbers = numbers;
        this.from = from;
        this.until = until;
    }

    boolean mayRunAfter(int steps) {
        return from <= steps && steps <= until;
    }

    synchronized void start() {
        if (thread == null) {
            stopping = false;
            thread = new Thread(this::work, "workload");
            thread.start();
        }
    }

    /** Ends it behind the last of its statements. */
    void stop() throws InterruptedException {
        end();
        requireSound();
    }

    /** The same, whatever has become of it. */
    void end() throws InterruptedException {
        Thread running = signalled();
        if (running != null) {
            running.join();
        }
    }

    private synchronized Thread signalled() {
        stopping = true;
        Thread running = thread;
        thread = null;
        return running;
    }

    /** Waits until all its statements have run once more, from the first to the last. */
    synchronized void awaitRound() throws InterruptedException {
        // The round that is under way may have begun before.
        long awaited = rounds + 2;
        while (rounds < awaited && failure == null && thread != null) {
            wait();
        }
        requireSound();
    }

    private synchronized void requireSound() {
        if (failure != null) {
            throw new AssertionError(failure.getMessage(), failure);
        }
    }

    private void work() {
        try (Connection connection = database.connect(); Statement statement = connection.createStatement()) {
            statement.execute("SET statement_timeout = '30s'");
            while (goesOn()) {
                String number = Long.toString(numbers.incrementAndGet());
                for (String sql : statements) {
                    run(statement, sql.replace("{n}", number));
                }
                finishRound();
            }
        } catch (SQLException | AssertionError e) {
            fail(e);
        }
    }

    private static void run(Statement statement, String sql) throws SQLException {
        try {
            if (statement.execute(sql)) {
                try (ResultSet found = statement.getResultSet()) {
                    if (found.next()) {
                        throw new AssertionError(sql + " finds "
                                + (found.getMetaData().getColumnCount() == 0 ? "a row" : found.getString(1)));
                    }
                }
            }
        } catch (SQLException e) {
            throw new SQLException(sql + ": " + e.getMessage(), e.getSQLState(), e);
        }
    }

    private synchronized boolean goesOn() {
        return !stopping;
    }

    private synchronized void finishRound() {
        rounds++;
        notifyAll();
    }

    private synchronized void fail(Throwable cause) {
        failure = cause;
        notifyAll();
    }
}
