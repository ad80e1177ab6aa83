package io.lockkeeper.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.lockkeeper.executor.backfill.BackfillPolicy;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;

/** A release of ten steps on each of many databases of one server, by one executor: what it holds meanwhile. */
final class TargetsBench {

    private static final RelationName ORDERS = RelationName.of("public", "orders");
    private static final Duration LIMIT = Duration.ofMinutes(30);
    /** As the lanes of a topic: plans that are claimed at once. */
    private static final int CLAIMS_AT_ONCE = 4;

    private final int targets;
    private final Path results;

    TargetsBench(Options options, Path results) {
        this.targets = options.number("targets", 200);
        this.results = results;
    }

    /** What was seen at most. */
    private record Held(int connections, long heap) {

        Held or(Held other) {
            return new Held(Math.max(connections, other.connections), Math.max(heap, other.heap));
        }
    }

    void run() throws Exception {
        Map<String, String> databases = new LinkedHashMap<>();
        try (Server server = new Server()) {
            server.execute("postgres", "CREATE DATABASE base");
            server.execute("base",
                    "CREATE TABLE orders (id bigint PRIMARY KEY, amount int NOT NULL, amount_new bigint)",
                    "INSERT INTO orders SELECT i, i % 500 FROM generate_series(1, 1000) i", "VACUUM (ANALYZE) orders");
            for (int number = 0; number < targets; number++) {
                databases.put("target-" + number, "target_" + number);
                server.execute("postgres", "CREATE DATABASE target_" + number + " TEMPLATE base");
            }
            Held most = new Held(0, 0);
            double seconds;
            try (InProcessExecutor executor = new InProcessExecutor(server, databases, BackfillPolicy.DEFAULT).start();
                    Connection connection = server.connect("postgres")) {
                // Looking on is no workload that the backfill should make room for.
                connection.createStatement().execute("SET application_name = 'lockkeeper/bench'");
                long start = System.nanoTime();
                ExecutorService threads = Executors.newFixedThreadPool(CLAIMS_AT_ONCE);
                List<? extends Future<?>> claims = databases.keySet().stream()
                        .map(target -> threads.submit(() -> executor.claim(plan(target)))).toList();
                while (executor.completed().size() < targets) {
                    most = most.or(look(connection));
                    if (System.nanoTime() - start > LIMIT.toNanos()) {
                        throw new IllegalStateException(executor.completed().size() + " of " + targets
                                + " are complete after " + LIMIT);
                    }
                    for (Future<?> claim : claims) {
                        if (claim.isDone()) {
                            claim.get(); // what went wrong is thrown here
                        }
                    }
                    Thread.sleep(50);
                }
                seconds = (System.nanoTime() - start) / 1e9;
                threads.shutdown();
            }
            for (String database : databases.values()) {
                check(server, database);
            }
            write(most, seconds);
        }
    }

    private static Plan plan(String target) {
        List<Step.LockClaim> lock = List.of(new Step.LockClaim(ORDERS, LockMode.ACCESS_EXCLUSIVE));
        List<Step.LockClaim> weak = List.of(new Step.LockClaim(ORDERS, LockMode.SHARE_UPDATE_EXCLUSIVE));
        return BenchPlan.of(target, "release-of-" + target, List.of(
                BenchPlan.step("010-table", Phase.EXPAND,
                        ddl("CREATE TABLE public.notes (id bigint PRIMARY KEY, order_id bigint, note text)"),
                        List.of()),
                BenchPlan.step("020-column", Phase.EXPAND, ddl("ALTER TABLE public.orders ADD COLUMN status text"),
                        lock),
                BenchPlan.step("030-column", Phase.EXPAND,
                        ddl("ALTER TABLE public.orders ADD COLUMN paid_at timestamptz"),
                        lock),
                BenchPlan.step("040-index", Phase.EXPAND,
                        new Action.CreateIndex(ORDERS, RelationName.of("public", "orders_amount"),
                                "CREATE INDEX CONCURRENTLY orders_amount ON public.orders (amount)"),
                        weak),
                BenchPlan.step("050-check", Phase.EXPAND,
                        ddl("ALTER TABLE public.orders ADD CONSTRAINT positive CHECK (amount >= 0) NOT VALID"), lock),
                BenchPlan.step("060-validate", Phase.EXPAND, new Action.ValidateConstraint(ORDERS, "positive"), weak),
                BenchPlan.step("070-backfill", Phase.MIGRATE,
                        new Action.Backfill(ORDERS,
                                List.of(new Action.Backfill.Assignment("amount_new", BenchPlan.ASSIGNMENT)),
                                BenchPlan.DIFFERS),
                        List.of()),
                BenchPlan.step("080-comment", Phase.MIGRATE, ddl("COMMENT ON TABLE public.notes IS 'of orders'"),
                        List.of()),
                BenchPlan.step("090-default", Phase.MIGRATE,
                        ddl("ALTER TABLE public.orders ALTER COLUMN status SET DEFAULT 'open'"), lock)));
    }

    private static Action ddl(String statement) {
        return new Action.Ddl(List.of(statement));
    }

    private static Held look(Connection connection) throws SQLException {
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        try (var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE application_name LIKE 'lockkeeper/executor/%'")) {
            row.next();
            return new Held(row.getInt(1), heap);
        }
    }

    private static void check(Server server, String database) throws SQLException {
        try (Connection connection = server.connect(database);
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                        SELECT (SELECT state FROM lockkeeper.run) AS state,
                          (SELECT count(*) FROM lockkeeper.step WHERE state = 'SUCCEEDED') AS steps,
                          (SELECT count(*) FROM public.orders WHERE amount_new IS DISTINCT FROM amount) AS differ
                        """)) {
            row.next();
            if (!row.getString("state").equals("COMPLETED") || row.getInt("steps") != 10 || row.getInt("differ") != 0) {
                throw new IllegalStateException(database + " is " + row.getString("state") + " with "
                        + row.getInt("steps") + " steps, " + row.getInt("differ") + " rows differ");
            }
        }
    }

    private void write(Held most, double seconds) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("targets", targets);
        json.put("completed", targets);
        json.put("steps_of_each", 10);
        json.put("seconds", Math.round(seconds * 10) / 10.0);
        json.put("targets_at_once", InProcessExecutor.TARGETS_AT_ONCE);
        json.put("most_connections", most.connections());
        json.put("most_heap_mib", most.heap() >> 20);
        json.put("resident_mib", resident() >> 10);
        json.put("processors", Runtime.getRuntime().availableProcessors());
        Files.createDirectories(results);
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(results.resolve("targets.json").toFile(), json);
        String table = String.format(Locale.ROOT, """
                | targets | steps of each | complete after | connections at most | heap at most | resident at most |
                |--:|--:|--:|--:|--:|--:|
                | %d | 10 | %.0f s | %d | %d MiB | %d MiB |
                """, targets, seconds, most.connections(), most.heap() >> 20, resident() >> 10);
        Files.writeString(results.resolve("targets.md"), table);
        System.out.print(table);
    }

    /** In KiB, at most so far, of the whole process; 0 where the system does not say. */
    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        return Files.exists(status)
                ? Files.readAllLines(status).stream().filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0)
                : 0;
    }
}
