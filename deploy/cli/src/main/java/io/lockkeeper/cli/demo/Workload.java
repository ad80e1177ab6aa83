package io.lockkeeper.cli.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.lockkeeper.cli.demo.ShopClient.Written;

/** The shop's application: some connections of each version that is deployed, all counted in one tally. */
final class Workload implements AutoCloseable {

    /** Connections of one version. */
    static final int CONNECTIONS = 4;
    /** Of both versions together: each connection changes orders of its own class. */
    private static final int CLASSES = 2 * CONNECTIONS;
    /** Some two statements each; together about 600 statements a second, which leaves two cores room for the release. */
    private static final double TRANSACTIONS_PER_SECOND = 300;

    private final Tally tally = new Tally();
    private final Function<ShopVersion, String> url;
    private final int rows;
    private final long seed;
    private final Map<ShopVersion, List<ShopClient>> clients = new HashMap<>();
    private final Map<ShopVersion, List<Thread>> threads = new HashMap<>();
    private final List<ShopClient> ended = new ArrayList<>();

    /** @param url of the database with the version's application name */
    Workload(Function<ShopVersion, String> url, int rows, long seed) {
        this.url = url;
        this.rows = rows;
        this.seed = seed;
    }

    Tally tally() {
        return tally;
    }

    /** Deploys a version; the versions that are there share the traffic. */
    void start(ShopVersion version) {
        List<ShopClient> started = new ArrayList<>();
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int residue = version.ordinal() * CONNECTIONS + i;
            ShopClient client = new ShopClient(url.apply(version), version, residue, CLASSES, rows, tally,
                    seed * 31 + residue, 1);
            started.add(client);
            running.add(new Thread(client, version.applicationName() + "-" + i));
        }
        clients.put(version, started);
        threads.put(version, running);
        share();
        running.forEach(Thread::start);
    }

    /** Retires a version: its connections finish their transaction and close. */
    void stop(ShopVersion version) {
        List<ShopClient> stopping = clients.getOrDefault(version, List.of());
        stopping.forEach(ShopClient::stop);
        for (Thread thread : threads.getOrDefault(version, List.of())) {
            try {
                thread.join(Duration.ofSeconds(30).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        clients.remove(version);
        threads.remove(version);
        ended.addAll(stopping);
        share();
    }

    private void share() {
        int connections = clients.values().stream().mapToInt(List::size).sum();
        clients.values().forEach(each -> each
                .forEach(client -> client.pace(TRANSACTIONS_PER_SECOND / Math.max(1, connections))));
    }

    /** What the check of everything that was written found. */
    record Check(long orders, long wrong) {}

    /**
     * Reads back every order that a version's connections have written, as the new version reads it. Only once all
     * versions are stopped.
     */
    Check check(Connection reader) throws SQLException {
        long orders = 0;
        long wrong = 0;
        try (var read = reader.prepareStatement(ShopVersion.TWO.readWritten())) {
            for (ShopClient client : ended) {
                for (Map.Entry<Long, Written> entry : client.written().entrySet()) {
                    read.setLong(1, entry.getKey());
                    try (var found = read.executeQuery()) {
                        orders++;
                        if (!found.next() || differs(entry.getValue(), found.getLong(1), found.getString(2))) {
                            wrong++;
                        }
                    }
                }
            }
        }
        return new Check(orders, wrong);
    }

    private static boolean differs(Written written, long amount, String channel) {
        return written.amount() >= 0 && written.amount() != amount
                || !written.channel().isEmpty() && !written.channel().equals(channel);
    }

    void stopAll() {
        for (ShopVersion version : ShopVersion.values()) {
            stop(version);
        }
    }

    @Override
    public void close() {
        stopAll();
    }
}
