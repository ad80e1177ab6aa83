package io.lockkeeper.cli.demo;

/**
 * A version of the shop's application: what it calls the column that the release renames, and whether it still writes
 * the one that the release drops. Both list their columns.
 */
enum ShopVersion {
    ONE("1", "channel", true), TWO("2", "sales_channel", false);

    private final String number;
    private final String channelColumn;
    private final boolean writesLegacyReference;

    ShopVersion(String number, String channelColumn, boolean writesLegacyReference) {
        this.number = number;
        this.channelColumn = channelColumn;
        this.writesLegacyReference = writesLegacyReference;
    }

    String number() {
        return number;
    }

    /** As its sessions call themselves. */
    String applicationName() {
        return "shop/" + number;
    }

    String readOrder() {
        return "SELECT id, customer_id, status, amount, " + channelColumn + ", created_at FROM orders WHERE id = ?";
    }

    String listOrders() {
        return "SELECT id, amount, " + channelColumn + " FROM orders WHERE customer_id = ? ORDER BY id DESC LIMIT 10";
    }

    /** Parameters: customer, amount, channel, and for version 1 the legacy reference. */
    String placeOrder() {
        return "INSERT INTO orders (customer_id, status, amount, " + channelColumn
                + (writesLegacyReference ? ", legacy_ref) VALUES (?, 'open', ?, ?, ?)" : ") VALUES (?, 'open', ?, ?)")
                + " RETURNING id";
    }

    boolean writesLegacyReference() {
        return writesLegacyReference;
    }

    String moveOrder() {
        return "UPDATE orders SET " + channelColumn + " = ? WHERE id = ?";
    }

    /** For the check at the end. */
    String readWritten() {
        return "SELECT amount, " + channelColumn + " FROM orders WHERE id = ?";
    }
}
