package io.lockkeeper.cli.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * One connection of the shop's application, busy with short transactions at a steady rate. Every statement is prepared on
 * the server from its first execution: that is where changes of a table's shape hurt. A transaction that fails with
 * 0A000 ("cached plan must not change result type") is run once more, as drivers and pools do; every other failure
 * counts.
 *
 * <p>
 * It changes only orders of its own residue class, so it knows what must be in them, and {@link #written()} can be
 * checked at the end.
 */
final class ShopClient implements Runnable {

    private static final String CACHED_PLAN = "0A000";
    private static final int PRODUCTS = 500;
    private static final String[] CHANNELS = {"web", "store", "phone", "partner"};

    private final String url;
    private final ShopVersion version;
    private final int residue;
    private final int classes;
    private final int rows;
    private final Tally tally;
    private final Random random;
    private final Map<Long, Written> written = new HashMap<>();
    private final Deque<Long> own = new ArrayDeque<>();
    private volatile long intervalNanos;
    private volatile boolean running = true;
    private Connection connection;

    /** What an order must hold, by this client's last committed transaction on it. */
    record Written(long amount, String channel) {}

    /**
     * @param url     with user, password and application name
     * @param residue this client changes orders whose id has it modulo {@code classes}
     * @param rows    orders 1 to this were there from the start
     */
    ShopClient(String url, ShopVersion version, int residue, int classes, int rows, Tally tally, long seed,
            double transactionsPerSecond) {
        this.url = url;
        this.version = version;
        this.residue = residue;
        this.classes = classes;
        this.rows = rows;
        this.tally = tally;
        this.random = new Random(seed);
        pace(transactionsPerSecond);
    }

    void pace(double transactionsPerSecond) {
        intervalNanos = (long) (1e9 / transactionsPerSecond);
    }

    void stop() {
        running = false;
    }

    /** Only after the client's thread has ended. */
    Map<Long, Written> written() {
        return written;
    }

    ShopVersion version() {
        return version;
    }

    private interface Work {
        /** @return what to remember once the transaction is committed */
        Runnable run() throws SQLException;
    }

    @Override
    public void run() {
        long next = System.nanoTime() + (long) (random.nextDouble() * intervalNanos);
        while (running) {
            long wait = next - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
                continue;
            }
            // After a stall it goes on at its rate instead of catching up: customers do not click twice as fast.
            next = Math.max(next + intervalNanos, System.nanoTime() - intervalNanos);
            transaction(choose());
        }
        disconnect();
    }

    private Work choose() {
        int dice = random.nextInt(100);
        if (dice < 30) {
            long order = anyOrder();
            return () -> read(version.readOrder(), order);
        }
        if (dice < 45) {
            long customer = anyCustomer();
            return () -> read(version.listOrders(), customer);
        }
        if (dice < 60) {
            return placeOrder();
        }
        if (dice < 72) {
            return payOrder();
        }
        if (dice < 82) {
            return moveOrder();
        }
        if (dice < 88) {
            return changeQuantity();
        }
        if (dice < 92) {
            return deleteOrder();
        }
        long order = anyOrder();
        return () -> read("SELECT order_value(?)", order);
    }

    private void transaction(Work work) {
        try {
            once(work);
        } catch (SQLException failure) {
            if (!CACHED_PLAN.equals(failure.getSQLState())) {
                failed(failure);
                return;
            }
            try {
                connection.rollback();
                once(work);
                tally.healed();
            } catch (SQLException again) {
                failed(again);
            }
        }
    }

    private void once(Work work) throws SQLException {
        if (connection == null || connection.isClosed()) {
            connection = DriverManager.getConnection(url);
            connection.setAutoCommit(false);
        }
        Runnable remember = work.run();
        long began = System.nanoTime();
        connection.commit();
        tally.waited("COMMIT", began);
        remember.run();
    }

    private void failed(SQLException failure) {
        tally.failed(version.applicationName(), failure);
        try {
            if (connection != null) {
                connection.rollback();
                return;
            }
        } catch (SQLException broken) {
            disconnect();
        }
        // Without a connection there is nothing to wait for: do not count a failure per microsecond.
        LockSupport.parkNanos(100_000_000);
    }

    private void disconnect() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException alreadyBroken) {
            // It is given up either way.
        } finally {
            connection = null;
        }
    }

    private Runnable read(String sql, long key) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, key);
            long began = System.nanoTime();
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    found.getObject(1);
                }
            }
            tally.ran(sql, began);
        }
        return () -> {};
    }

    private Work placeOrder() {
        long customer = anyCustomer();
        String channel = anyChannel();
        int[] products = random.ints(0, PRODUCTS).distinct().limit(2).sorted().toArray();
        int[] quantities = {1 + random.nextInt(3), 1 + random.nextInt(3)};
        long amount = quantities[0] * price(products[0]) + quantities[1] * price(products[1]);
        return () -> {
            long order;
            try (PreparedStatement insert = connection.prepareStatement(version.placeOrder())) {
                insert.setLong(1, customer);
                insert.setLong(2, amount);
                insert.setString(3, channel);
                if (version.writesLegacyReference()) {
                    insert.setString(4, "L-new");
                }
                long began = System.nanoTime();
                try (ResultSet id = insert.executeQuery()) {
                    id.next();
                    order = id.getLong(1);
                }
                tally.ran(version.placeOrder(), began);
            }
            for (int position = 1; position <= 2; position++) {
                change("INSERT INTO order_items (order_id, position, product_id, quantity, price) VALUES (?, ?, ?, ?, ?)",
                        order, position, 1 + products[position - 1], quantities[position - 1],
                        price(products[position - 1]));
            }
            for (int position = 1; position <= 2; position++) {
                change("UPDATE products SET stock = stock - ? WHERE id = ?", quantities[position - 1],
                        1 + products[position - 1]);
            }
            change("INSERT INTO audit_log (order_id, event) VALUES (?, 'placed')", order);
            return () -> {
                written.put(order, new Written(amount, channel));
                own.addLast(order);
            };
        };
    }

    private Work payOrder() {
        long order = changeableOrder();
        return () -> {
            change("UPDATE orders SET status = 'paid' WHERE id = ?", order);
            change("UPDATE audit_log SET seen = true WHERE order_id = ?", order);
            return () -> {};
        };
    }

    private Work moveOrder() {
        long order = changeableOrder();
        String channel = anyChannel();
        return () -> {
            int changed = change(version.moveOrder(), channel, order);
            return () -> {
                if (changed == 1) {
                    written.compute(order, (id, before) -> new Written(before == null ? -1 : before.amount(), channel));
                }
            };
        };
    }

    private Work changeQuantity() {
        long order = changeableOrder();
        int quantity = 1 + random.nextInt(5);
        return () -> {
            change("UPDATE order_items SET quantity = ? WHERE order_id = ? AND position = 1", quantity, order);
            String sum = "UPDATE orders SET amount = (SELECT sum(quantity * price) FROM order_items WHERE order_id = ?)"
                    + " WHERE id = ? RETURNING amount";
            try (PreparedStatement update = connection.prepareStatement(sum)) {
                update.setLong(1, order);
                update.setLong(2, order);
                long began = System.nanoTime();
                try (ResultSet amount = update.executeQuery()) {
                    long now = amount.next() ? amount.getLong(1) : -1;
                    tally.ran(sum, began);
                    return () -> {
                        if (now >= 0) {
                            written.compute(order,
                                    (id, before) -> new Written(now, before == null ? "" : before.channel()));
                        }
                    };
                }
            }
        };
    }

    /** Only orders that this connection placed; without one, it places one. */
    private Work deleteOrder() {
        Long order = own.pollFirst();
        if (order == null) {
            return placeOrder();
        }
        return () -> {
            change("DELETE FROM orders WHERE id = ?", order);
            return () -> written.remove(order);
        };
    }

    private int change(String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            long began = System.nanoTime();
            int changed = statement.executeUpdate();
            tally.ran(sql, began);
            return changed;
        }
    }

    private long anyOrder() {
        return 1 + random.nextInt(rows);
    }

    /** Of this client's residue class, among the orders that were there from the start. */
    private long changeableOrder() {
        long order = 1 + random.nextInt(rows / classes - 1) * (long) classes + residue;
        return Math.max(1, order);
    }

    private long anyCustomer() {
        return 1 + random.nextInt(Math.max(100, rows / 10));
    }

    private String anyChannel() {
        return CHANNELS[random.nextInt(CHANNELS.length)];
    }

    private static int price(int product) {
        return 101 + product;
    }
}
