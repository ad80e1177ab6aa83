package io.lockkeeper.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.ObjectMapper;

/** The longest a workload waits while a change is made: by plain psql, by {@code lockkeeper release}, and without any. */
final class StallBench {

    /**
     * A change of one file.
     *
     * @param reader seconds that somebody idles in a transaction that has read the table
     */
    record Case(String name, String sql, int reader) {}

    private static final List<Case> CASES = List.of(
            new Case("ADD COLUMN behind a reader that idles 10 s", "ALTER TABLE orders ADD COLUMN remark text;", 10),
            new Case("integer to bigint", "ALTER TABLE orders ALTER COLUMN amount TYPE bigint;", 0),
            new Case("index", "CREATE INDEX orders_customer ON orders (customer_id);", 0),
            new Case("SET NOT NULL", "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;", 0),
            new Case("foreign key", "ALTER TABLE orders ADD CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id)"
                    + " REFERENCES customers (id);", 0),
            new Case("DROP COLUMN", "ALTER TABLE orders DROP COLUMN note;", 0));

    /** The control comes last, and lasts as long as the longer of the others: the longest of many is longer. */
    private enum By {
        PSQL, LOCKKEEPER, NOBODY
    }

    /** @param longest in milliseconds, of each round; {@code seconds} that the command took */
    record Result(String change, String by, List<Double> longest, List<Double> seconds, int failed) {}

    private final long rows;
    private final int rounds;
    private final List<Integer> cases;
    private final Path results;
    private final Path root;
    private final Path home;

    StallBench(Options options, Path results, Path root) throws IOException {
        this.rows = options.number("rows", 2_000_000);
        this.rounds = options.number("rounds", 3);
        this.cases = options.numbers("cases", "1,2,3,4,5,6");
        this.results = results;
        this.root = root;
        this.home = Files.createTempDirectory("lockkeeper-stall");
    }

    void run() throws Exception {
        Map<String, Result> all = new LinkedHashMap<>();
        try (Server server = new Server()) {
            server.writeWal(4_000);
            server.prepare("base", rows);
            server.execute("base", "CREATE EXTENSION pg_stat_statements",
                    "ALTER TABLE orders DROP COLUMN amount_new", """
                    CREATE TABLE customers AS SELECT i AS id, 'name ' || i AS name FROM generate_series(0, 9999) i
                    """, "ALTER TABLE customers ADD PRIMARY KEY (id)", "VACUUM (FREEZE, ANALYZE)");
            Files.writeString(home.resolve("password"), server.password());
            server.copy("base", "first");
            lockkeeper("up", "--home", home.toString(), "--target", "postgresql://" + server.user() + ":"
                    + server.password() + "@" + server.host() + ":" + server.port() + "/first", "--observer-port", "0",
                    "--planner-port", "0", "--executor-port", "0");
            try {
                for (int round = 0; round < rounds; round++) {
                    for (int number : cases) {
                        double longest = 15;
                        for (By by : By.values()) {
                            Case change = CASES.get(number - 1);
                            longest = Math.max(longest, one(server, change, by, "stall_" + number + "_" + round + "_"
                                    + by.name().toLowerCase(Locale.ROOT), longest, all));
                        }
                    }
                    write(all);
                }
            } finally {
                lockkeeper("down", "--home", home.toString());
            }
        }
    }

    private double one(Server server, Case change, By by, String database, double control, Map<String, Result> all)
            throws Exception {
        server.copy("base", database);
        Path release = release(change, by, server, database);
        Load.Latency latency;
        double seconds;
        try (Load load = new Load(server, database, rows, 900); Connection reader = server.connect(database)) {
            Thread.sleep(3000);
            Thread idle = change.reader() == 0 ? null : idle(reader, change.reader());
            double begun = System.currentTimeMillis() / 1000.0;
            switch (by) {
                case NOBODY -> Thread.sleep(Math.round(control * 1000));
                case PSQL -> call(server, "psql", "-X", "-v", "ON_ERROR_STOP=1", "-h", server.host(), "-p",
                        Integer.toString(server.port()), "-U", server.user(), "-d", database, "-c", change.sql());
                case LOCKKEEPER -> {
                    lockkeeper("deployed", "--target", target(database), "--release", database, "--application",
                            "shop", "--version", "2", "--home", home.toString());
                    lockkeeper("release", release.toString(), "--home", home.toString(), "--wait=completed",
                            "--timeout", "9m");
                }
            }
            double ended = System.currentTimeMillis() / 1000.0;
            if (idle != null) {
                idle.join();
            }
            Thread.sleep(2000); // whoever waited is through, and pgbench has written its line
            latency = load.stop().latency(begun, ended + 1);
            seconds = ended - begun;
        }
        System.out.printf(Locale.ROOT, "%s, %s: longest %.0f ms, failed %d, took %.1f s%n", change.name(), by,
                latency.longest(), latency.failed(), seconds);
        Result before = all.getOrDefault(change.name() + by,
                new Result(change.name(), by.name().toLowerCase(Locale.ROOT), List.of(), List.of(), 0));
        all.put(change.name() + by, new Result(before.change(), before.by(), with(before.longest(), latency.longest()),
                with(before.seconds(), seconds), before.failed() + latency.failed()));
        server.drop(database);
        return seconds;
    }

    private Path release(Case change, By by, Server server, String database) throws Exception {
        Path release = Files.createDirectories(home.resolve("releases").resolve(database));
        if (by == By.LOCKKEEPER) {
            Files.writeString(release.resolve("V1__change.sql"), change.sql() + "\n");
            Files.writeString(release.resolve("lockkeeper.yaml"), """
                    target: %s
                    release: %s
                    application: { name: shop, to: "2" }
                    policy: { profile: demo, withoutStream: true }
                    """.formatted(target(database), database));
            lockkeeper("target", "add", target(database), "--home", home.toString(), "--url", "postgresql://"
                    + server.host() + ":" + server.port() + "/" + database, "--user", server.user(), "--password",
                    "file:" + home.resolve("password"));
        }
        return release;
    }

    private static String target(String database) {
        return database.replace('_', '-');
    }

    private static Thread idle(Connection reader, int seconds) throws SQLException {
        reader.setAutoCommit(false);
        try (var statement = reader.createStatement()) {
            statement.execute("SELECT count(*) FROM orders WHERE id < 10");
        }
        Thread thread = new Thread(() -> {
            try {
                Thread.sleep(seconds * 1000L);
                reader.rollback();
            } catch (InterruptedException | SQLException e) {
                throw new IllegalStateException("the idle reader failed", e);
            }
        });
        thread.start();
        return thread;
    }

    private void lockkeeper(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(root.resolve("deploy/lockkeeper").toString()));
        command.addAll(List.of(words));
        call(null, command.toArray(String[]::new));
    }

    private void call(Server server, String... command) throws Exception {
        Path log = home.resolve("last-command.log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("LOCKKEEPER_HOME", home.toString());
        if (server != null) {
            builder.environment().put("PGPASSWORD", server.password());
        }
        int exit = builder.start().waitFor();
        if (exit != 0) {
            throw new IllegalStateException(command[0] + " " + command[1] + " ended with " + exit + ": "
                    + Files.readString(log));
        }
    }

    private static List<Double> with(List<Double> values, double value) {
        List<Double> more = new ArrayList<>(values);
        more.add(Math.round(value * 10) / 10.0);
        return more;
    }

    private void write(Map<String, Result> all) throws IOException {
        Files.createDirectories(results);
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(results.resolve("stall.json").toFile(),
                Map.of("rows", rows, "processors", Runtime.getRuntime().availableProcessors(), "results",
                        all.values()));
        StringBuilder table = new StringBuilder("""
                | change of %,d rows | by | longest wait of a statement, each round | failed statements | seconds |
                |---|---|---|--:|---|
                """.formatted(rows));
        for (Result result : all.values()) {
            table.append("| %s | %s | %s ms | %d | %s |%n".formatted(result.change(), result.by(),
                    join(result.longest()), result.failed(), join(result.seconds())));
        }
        Files.writeString(results.resolve("stall.md"), table.toString());
    }

    private static String join(List<Double> values) {
        return values.stream().map(value -> String.format(Locale.ROOT, value < 100 ? "%.1f" : "%.0f", value))
                .collect(Collectors.joining(", "));
    }
}
