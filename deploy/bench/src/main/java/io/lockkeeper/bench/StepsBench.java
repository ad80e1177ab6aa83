package io.lockkeeper.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.ObjectMapper;

import io.lockkeeper.executor.backfill.BackfillPolicy;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;

/**
 * What a tiny transactional step costs: by the executor, from the plan's arrival to the last published outcome; the same
 * transactions written by hand; and the DDL alone. By psql in one session, where it is by hand.
 */
final class StepsBench {

    private static final int TABLES = 10;

    private final int steps;
    private final int rounds;
    private final Path results;
    private final Path directory;

    private enum By {
        DDL_ALONE, BY_HAND, LOCKKEEPER
    }

    StepsBench(Options options, Path results) throws IOException {
        this.steps = options.number("steps", 1000);
        this.rounds = options.number("rounds", 3);
        this.results = results;
        this.directory = Files.createTempDirectory("lockkeeper-steps");
    }

    void run() throws Exception {
        Map<By, List<Double>> seconds = new EnumMap<>(By.class);
        try (Server server = new Server()) {
            server.execute("postgres", "CREATE DATABASE base");
            server.execute("base", IntStream.range(0, TABLES)
                    .mapToObj(number -> "CREATE TABLE t" + number + " (id bigint PRIMARY KEY)").toArray(String[]::new));
            for (int round = 0; round < rounds; round++) {
                for (By by : By.values()) {
                    server.execute("postgres", "DROP DATABASE IF EXISTS run WITH (FORCE)",
                            "CREATE DATABASE run TEMPLATE base", "CHECKPOINT");
                    double took = switch (by) {
                        case DDL_ALONE -> psql(server, IntStream.range(0, steps).mapToObj(StepsBench::ddl)
                                .collect(Collectors.joining(";\n", "", ";\n")));
                        case BY_HAND -> byHand(server);
                        case LOCKKEEPER -> lockkeeper(server);
                    };
                    int columns = columns(server);
                    if (columns != steps) {
                        throw new IllegalStateException(by + " made " + columns + " of " + steps + " columns");
                    }
                    System.out.printf(Locale.ROOT, "%,d steps, round %d, %s: %.2f s%n", steps, round + 1, by, took);
                    seconds.computeIfAbsent(by, key -> new ArrayList<>()).add(Math.round(took * 1000) / 1000.0);
                }
            }
        }
        write(seconds);
    }

    private static String table(int number) {
        return "t" + number % TABLES;
    }

    private static String ddl(int number) {
        return "ALTER TABLE public." + table(number) + " ADD COLUMN c" + number + " int";
    }

    private Plan plan() {
        return BenchPlan.of(InProcessExecutor.TARGET, "steps", IntStream.range(0, steps).mapToObj(number -> BenchPlan
                .step(id(number), Phase.EXPAND, new Action.Ddl(List.of(ddl(number))), List.of(new Step.LockClaim(
                        RelationName.of("public", table(number)), LockMode.ACCESS_EXCLUSIVE))))
                .toList());
    }

    private static String id(int number) {
        return String.format(Locale.ROOT, "%05d-column", number);
    }

    private double lockkeeper(Server server) throws Exception {
        Plan plan = plan();
        try (InProcessExecutor executor = executor(server).start(); Connection connection = server.connect("run")) {
            connection.createStatement().execute("SET application_name = 'lockkeeper/bench'");
            long start = System.nanoTime();
            executor.claim(plan);
            while (!over(connection)) {
                Thread.sleep(5);
            }
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private static InProcessExecutor executor(Server server) throws IOException {
        return new InProcessExecutor(server, Map.of(InProcessExecutor.TARGET, "run"), BackfillPolicy.DEFAULT);
    }

    private static boolean over(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet run = statement.executeQuery("""
                        SELECT state, NOT EXISTS (SELECT FROM lockkeeper.outbox WHERE published_at IS NULL) AS published
                        FROM lockkeeper.run
                        """)) {
            run.next();
            if (run.getString("state").equals("HALTED")) {
                throw new IllegalStateException("the run halted: look at lockkeeper.run in database run");
            }
            return run.getString("state").equals("COMPLETED") && run.getBoolean("published");
        }
    }

    /** One transaction for each step, in the order of a step's own: fence, ledger with marker, outbox, LOCK, DDL. */
    private double byHand(Server server) throws Exception {
        try (InProcessExecutor executor = executor(server)) {
            executor.claim(plan()); // not started: the rows are there for somebody else to work on
        }
        StringBuilder script = new StringBuilder();
        for (int number = 0; number < steps; number++) {
            script.append("""
                    BEGIN;
                    SET LOCAL lock_timeout = '50ms';
                    SET LOCAL statement_timeout = '5s';
                    SELECT r.state FROM lockkeeper.target t, lockkeeper.run r WHERE t.name = 'bench' AND t.epoch = 0
                      FOR SHARE OF t FOR UPDATE OF r;
                    INSERT INTO lockkeeper.attempt (run, step, number, outcome, backend_pid, executor, finished_at)
                      SELECT id, '%1$s', 1, 'SUCCEEDED', pg_backend_pid(), 'by hand', clock_timestamp()
                      FROM lockkeeper.run;
                    WITH marker AS MATERIALIZED (
                      SELECT pg_logical_emit_message(true, 'lockkeeper.step', '{"step":"%1$s"}') AS lsn
                    ), run_moved AS (
                      UPDATE lockkeeper.run SET marker = (SELECT lsn FROM marker), updated_at = clock_timestamp()
                    )
                    UPDATE lockkeeper.step SET state = 'SUCCEEDED', attempts = 1, marker = (SELECT lsn FROM marker),
                      started_at = now(), finished_at = clock_timestamp() WHERE id = '%1$s';
                    INSERT INTO lockkeeper.outbox (id, topic, key, headers, value)
                      VALUES ('hand/%1$s', 'outcomes', 'bench', '{"ce_id": "hand/%1$s"}',
                        '{"step": "%1$s", "state": "SUCCEEDED"}');
                    LOCK TABLE public.%2$s IN ACCESS EXCLUSIVE MODE;
                    %3$s;
                    COMMIT;
                    """.formatted(id(number), table(number), ddl(number)));
        }
        return psql(server, script.toString());
    }

    private double psql(Server server, String script) throws IOException, InterruptedException {
        Path file = Files.writeString(directory.resolve("script.sql"), script);
        Path log = directory.resolve("psql.log");
        ProcessBuilder builder = new ProcessBuilder("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server.host(),
                "-p", Integer.toString(server.port()), "-U", server.user(), "-d", "run", "-f", file.toString())
                .redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("PGPASSWORD", server.password());
        long start = System.nanoTime();
        if (builder.start().waitFor() != 0) {
            throw new IllegalStateException("psql failed: " + Files.readString(log));
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static int columns(Server server) throws SQLException {
        try (Connection connection = server.connect("run");
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_attribute a JOIN pg_class c"
                        + " ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
                        + " AND a.attname LIKE 'c%' AND a.attnum > 0")) {
            row.next();
            return row.getInt(1);
        }
    }

    private void write(Map<By, List<Double>> seconds) throws IOException {
        Map<By, Double> medians = new EnumMap<>(By.class);
        seconds.forEach((by, each) -> medians.put(by, BackfillBench.median(each)));
        double ours = medians.get(By.LOCKKEEPER);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("steps", steps);
        json.put("rounds", rounds);
        json.put("ratio_to_by_hand", round(ours / medians.get(By.BY_HAND)));
        json.put("ratio_to_ddl_alone", round(ours / medians.get(By.DDL_ALONE)));
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("seconds", seconds);
        Files.createDirectories(results);
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(results.resolve("steps.json").toFile(), json);
        StringBuilder table = new StringBuilder("""
                | %,d steps | seconds (median) | milliseconds a step | Lockkeeper takes times as long | each round |
                |---|--:|--:|--:|---|
                """.formatted(steps));
        medians.forEach((by, median) -> table.append("| %s | %.2f | %.2f | %.2f | %s |%n".formatted(
                by.name().toLowerCase(Locale.ROOT).replace('_', ' '), median, median * 1000 / steps, ours / median,
                seconds.get(by).stream().map(each -> String.format(Locale.ROOT, "%.2f", each))
                        .collect(Collectors.joining(", ")))));
        Files.writeString(results.resolve("steps.md"), table.toString());
        System.out.print(table);
    }

    private static double round(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
