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

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;

import io.lockkeeper.messages.Verdict.Decision;

/** Time from the commit of a violating write to the NO_GO, while the table changes at a steady rate. */
final class NoGoBench {

    private static final String DATABASE = "bench_no_go";
    private static final int ROWS = 200_000;
    /** The workload writes behind them: its trigger would repair a row before anybody has seen it. */
    private static final int VIOLATED = 2_000;
    private static final int ROWS_PER_TRANSACTION = 10;
    /** Rounds of a JVM that has compiled nothing yet; an observer runs for weeks. */
    private static final int WARM_UP = 5;

    private final int rounds;
    private final int changes;
    private final Path results;

    NoGoBench(Options options, Path results) {
        this.rounds = options.number("rounds", 100);
        this.changes = options.number("changes", 2000);
        this.results = results;
    }

    void run() throws Exception {
        Path home = Files.createTempDirectory("lockkeeper-no-go");
        Vertx vertx = Vertx.vertx();
        List<Double> seconds = new ArrayList<>();
        try (Server server = new Server()) {
            WatchedRun run = WatchedRun.prepare(server, DATABASE, ROWS, home);
            try (Observed observer = Observed.start(vertx, home); Connection writer = server.connect(DATABASE)) {
                run.arm(server, observer);
                Process load = load(server);
                try {
                    for (int round = 0; round < WARM_UP + rounds; round++) {
                        double took = round(writer, observer, 1 + round * 37 % VIOLATED);
                        if (round >= WARM_UP) {
                            seconds.add(took);
                        }
                    }
                } finally {
                    load.destroy();
                    load.waitFor();
                }
            }
        } finally {
            vertx.close();
        }
        write(seconds);
    }

    private static double round(Connection writer, Observed observer, int id) throws Exception {
        execute(writer, "SET session_replication_role = replica");
        long committed;
        try {
            observer.forget();
            execute(writer, "UPDATE orders SET total_new = -1 WHERE id = " + id);
            committed = System.nanoTime();
        } finally {
            execute(writer, "RESET session_replication_role");
        }
        double seconds = (observer.await(Decision.NO_GO) - committed) / 1e9;
        execute(writer, "UPDATE orders SET total = total WHERE id = " + id);
        observer.await(Decision.GO);
        return seconds;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Process load(Server server) throws IOException {
        Path script = Files.createTempFile("lockkeeper-load", ".sql");
        Files.writeString(script, "\\set id random(" + (VIOLATED + 1) + ", " + (ROWS - ROWS_PER_TRANSACTION) + ")\n"
                + "UPDATE orders SET total = total + 1 WHERE id >= :id AND id < :id + " + ROWS_PER_TRANSACTION + ";\n");
        ProcessBuilder builder = new ProcessBuilder("pgbench", "-n", "-c", "2", "-j", "1", "-R",
                Integer.toString(changes / ROWS_PER_TRANSACTION), "-T", "36000", "-f", script.toString(), "-h",
                server.host(), "-p", Integer.toString(server.port()), "-U", server.user(), DATABASE);
        builder.environment().put("PGPASSWORD", server.password());
        builder.environment().put("PGAPPNAME", "shop/2");
        return builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    }

    private void write(List<Double> seconds) throws IOException {
        List<Double> sorted = seconds.stream().sorted().toList();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("changes_per_second", changes);
        json.put("rounds", rounds);
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("p50_seconds", at(sorted, 0.50));
        json.put("p99_seconds", at(sorted, 0.99));
        json.put("longest_seconds", at(sorted, 1));
        json.put("rounds_seconds", seconds.stream().map(each -> Math.round(each * 1000) / 1000.0).toList());
        Files.createDirectories(results);
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(results.resolve("no-go.json").toFile(), json);
        String table = String.format(Locale.ROOT, """
                # From a violating commit to NO_GO

                %d rounds at %d row changes a second, on %d shared processors, after %d rounds of warm-up.

                | p50 | p99 | longest |
                |---|---|---|
                | %.3f s | %.3f s | %.3f s |
                """, rounds, changes, Runtime.getRuntime().availableProcessors(), WARM_UP, at(sorted, 0.50),
                at(sorted, 0.99),
                at(sorted, 1));
        Files.writeString(results.resolve("no-go.md"), table);
        BarChart chart = new BarChart("From a violating commit to NO_GO, milliseconds");
        Map.of(0.50, "p50", 0.90, "p90", 0.99, "p99", 1.0, "longest").entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(share -> chart.bar(changes + " changes a second", share.getValue(),
                        1000 * at(sorted, share.getKey())));
        Files.writeString(results.resolve("no-go.svg"), chart.svg());
        System.out.print(table);
    }

    /** Nearest rank. */
    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.max(0, Math.ceil(share * sorted.size()) - 1));
    }
}
