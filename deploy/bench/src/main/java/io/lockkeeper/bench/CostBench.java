package io.lockkeeper.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;

/**
 * What the observer costs the database: processor seconds of all the server's processes and latency of pgbench at half of
 * its most, with nobody who reads the change stream, with pg_recvlogical, and with the observer, in turns.
 */
final class CostBench {

    private static final String DATABASE = "bench_cost";
    private static final int ROWS = 200_000;
    private static final int CLIENTS = 4;
    private static final String SLOT = "bench_receive";
    private static final String NOBODY = "nobody";
    private static final String RECEIVE = "pg_recvlogical";
    private static final String OBSERVER = "observer";
    private static final List<String> CONTENDERS = List.of(NOBODY, RECEIVE, OBSERVER);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final int rounds;
    private final int seconds;
    private final Path results;
    private final Map<String, List<Turn>> turns = new LinkedHashMap<>();
    private final List<Process> started = new ArrayList<>();

    /** @param cpu seconds of the server; latencies in milliseconds */
    private record Turn(double cpu, double mean, double p99, double perSecond) {}

    CostBench(Options options, Path results) {
        this.rounds = options.number("rounds", 10);
        this.seconds = options.number("seconds", 30);
        this.results = results;
        CONTENDERS.forEach(contender -> turns.put(contender, new ArrayList<>()));
    }

    void run() throws Exception {
        Path home = Files.createTempDirectory("lockkeeper-cost");
        Vertx vertx = Vertx.vertx();
        double most;
        try (Server server = new Server()) {
            WatchedRun run = WatchedRun.prepare(server, DATABASE, ROWS, home);
            try (Observed observer = Observed.start(vertx, home)) {
                run.arm(server, observer);
            }
            most = measure(server, 0).perSecond();
            int rate = (int) Math.max(1, most / 2);
            System.out.printf(Locale.ROOT, "at most %.0f transactions a second; measured at %d%n", most, rate);
            // The first round warms up a JVM that has compiled nothing yet; an observer runs for weeks.
            for (int round = 0; round <= rounds; round++) {
                for (int place = 0; place < CONTENDERS.size(); place++) {
                    String contender = CONTENDERS.get((place + round) % CONTENDERS.size());
                    Turn turn = turn(contender, vertx, server, home, run, rate);
                    if (round > 0) {
                        turns.get(contender).add(turn);
                    }
                    System.out.printf(Locale.ROOT, "round %d: %s %.2f s of processor, %.2f ms, p99 %.2f ms%n", round,
                            contender, turn.cpu(), turn.mean(), turn.p99());
                }
            }
        } finally {
            started.forEach(Process::destroy);
            vertx.close();
        }
        write(most);
    }

    private Turn turn(String contender, Vertx vertx, Server server, Path home, WatchedRun run, int rate)
            throws Exception {
        switch (contender) {
            case OBSERVER -> {
                Observed observer = Observed.start(vertx, home);
                try {
                    awaitCaughtUp(server, stream(run));
                    return measure(server, rate);
                } finally {
                    observer.close();
                }
            }
            case RECEIVE -> {
                server.execute(DATABASE, "SELECT pg_create_logical_replication_slot('" + SLOT + "', 'pgoutput')");
                Process receiver = receive(server, run);
                try {
                    awaitCaughtUp(server, SLOT);
                    return measure(server, rate);
                } finally {
                    receiver.destroy();
                    receiver.waitFor();
                    awaitInactive(server);
                    server.execute(DATABASE, "SELECT pg_drop_replication_slot('" + SLOT + "')");
                }
            }
            default -> {
                return measure(server, rate);
            }
        }
    }

    private static String stream(WatchedRun run) {
        return run.plan().watch().stream().orElseThrow().slot();
    }

    private Process receive(Server server, WatchedRun run) throws IOException {
        return start(server, "pg_recvlogical", "--start", "--no-loop", "--slot", SLOT, "--file", "/dev/null", "-o",
                "proto_version=1", "-o", "publication_names=" + run.plan().watch().stream().orElseThrow().publication(),
                "-h", server.host(), "-p", Integer.toString(server.port()), "-U", server.user(), "-d", DATABASE);
    }

    private Process start(Server server, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PGPASSWORD", server.password());
        builder.environment().put("PGAPPNAME", "shop/2");
        Process process = builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        started.add(process);
        return process;
    }

    /** What went before is not charged to whoever reads it now. */
    private static void awaitCaughtUp(Server server, String slot) throws Exception {
        await(server, "SELECT active AND pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) < 65536"
                + " FROM pg_replication_slots WHERE slot_name = '" + slot + "'", slot + " has not caught up");
    }

    private static void awaitInactive(Server server) throws Exception {
        await(server, "SELECT NOT active FROM pg_replication_slots WHERE slot_name = '" + SLOT + "'",
                SLOT + " is still read");
    }

    private static void await(Server server, String condition, String otherwise) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (Connection connection = server.connect(DATABASE); var statement = connection.createStatement()) {
            while (true) {
                try (var rows = statement.executeQuery(condition)) {
                    if (rows.next() && rows.getBoolean(1)) {
                        return;
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(otherwise + " within " + PATIENCE.toMinutes() + " minutes");
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    /** @param rate transactions a second; 0: as many as can be */
    private Turn measure(Server server, int rate) throws Exception {
        Path directory = Files.createTempDirectory("lockkeeper-cost");
        Path script = Files.writeString(directory.resolve("load.sql"), "\\set id random(1, " + ROWS + ")\n"
                + "UPDATE orders SET total = total + 1 WHERE id = :id;\nSELECT total FROM orders WHERE id = :id;\n");
        List<String> command = new ArrayList<>(List.of("pgbench", "-n", "-c", Integer.toString(CLIENTS), "-j", "1",
                "-T", Integer.toString(seconds), "-M", "prepared", "-f", script.toString(), "-l", "--log-prefix",
                directory.resolve("log").toString(), "-h", server.host(), "-p", Integer.toString(server.port()), "-U",
                server.user()));
        if (rate > 0) {
            command.addAll(List.of("-R", Integer.toString(rate)));
        }
        command.add(DATABASE);
        server.execute(DATABASE, "CHECKPOINT");
        try (ServerCpu cpu = ServerCpu.of(server, DATABASE)) {
            double before = cpu.seconds();
            Process load = start(server, command.toArray(String[]::new));
            if (load.waitFor() != 0) {
                throw new IllegalStateException("pgbench failed; try: " + String.join(" ", command));
            }
            return turn(directory, cpu.seconds() - before);
        }
    }

    private Turn turn(Path directory, double cpu) throws IOException {
        List<Double> millis = new ArrayList<>();
        try (Stream<Path> logs = Files.list(directory)) {
            for (Path log : logs.filter(path -> path.getFileName().toString().startsWith("log")).toList()) {
                try (Stream<String> lines = Files.lines(log)) {
                    lines.map(line -> line.split(" ")).filter(fields -> fields.length >= 6)
                            .forEach(fields -> millis.add(Long.parseLong(fields[2]) / 1000.0));
                }
            }
        }
        millis.sort(Comparator.naturalOrder());
        double mean = millis.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        return new Turn(cpu, mean, millis.get((int) (millis.size() * 0.99)), millis.size() / (double) seconds);
    }

    private void write(double most) throws IOException {
        Interval overReceive = paired(RECEIVE);
        Interval overNobody = paired(NOBODY);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rounds", rounds);
        json.put("seconds", seconds);
        json.put("most_transactions_per_second", most);
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("turns", turns);
        json.put("cpu_over_pg_recvlogical_percent", overReceive);
        json.put("cpu_over_nobody_percent", overNobody);
        Files.createDirectories(results);
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(results.resolve("cost.json").toFile(), json);
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, """
                # What the observer costs the database

                Medians of %d turns of %d s each, interleaved, after a round of warm-up: an UPDATE and a SELECT by key in a transaction
                each, at half of the %.0f a second that pgbench reaches at most, on %d shared processors. Processor time is that of all the
                server's processes, from `/proc`.

                | who reads the stream | server, processor seconds | latency, ms | p99, ms |
                |---|---|---|---|
                """, rounds, seconds, most, Runtime.getRuntime().availableProcessors()));
        for (String contender : CONTENDERS) {
            List<Turn> all = turns.get(contender);
            table.append(String.format(Locale.ROOT, "| %s | %.2f | %.2f | %.2f |%n", contender,
                    median(all.stream().map(Turn::cpu).toList()), median(all.stream().map(Turn::mean).toList()),
                    median(all.stream().map(Turn::p99).toList())));
        }
        table.append(String.format(Locale.ROOT, """

                Paired by round, the observer takes %s more processor time of the server than pg_recvlogical, and %s more than nobody
                (mean, 95 %% bootstrap interval).
                """, overReceive, overNobody));
        Files.writeString(results.resolve("cost.md"), table);
        BarChart chart = new BarChart("Processor time of the server, milliseconds for each second");
        CONTENDERS.forEach(contender -> chart.bar("pgbench at half of its most", contender,
                1000 * median(turns.get(contender).stream().map(Turn::cpu).toList()) / seconds));
        Files.writeString(results.resolve("cost.svg"), chart.svg());
        System.out.print(table);
    }

    /** In percent. */
    private record Interval(double mean, double low, double high) {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.1f %% (%.1f to %.1f)", mean, low, high);
        }
    }

    /** The observer against another, round by round: what the machine does to a round, it does to both. */
    private Interval paired(String other) {
        List<Double> differences = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            differences.add(100 * (turns.get(OBSERVER).get(round).cpu() / turns.get(other).get(round).cpu() - 1));
        }
        Random random = new Random(1);
        List<Double> means = new ArrayList<>();
        for (int sample = 0; sample < 10_000; sample++) {
            means.add(random.ints(rounds, 0, rounds).mapToDouble(differences::get).average().orElseThrow());
        }
        means.sort(Comparator.naturalOrder());
        return new Interval(differences.stream().mapToDouble(Double::doubleValue).average().orElseThrow(),
                means.get(249), means.get(9_749));
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
