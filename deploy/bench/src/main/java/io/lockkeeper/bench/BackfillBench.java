package io.lockkeeper.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.ObjectMapper;

/** Rows per second of a backfill beside one UPDATE and beside keyset batches, in turns; then what a workload feels. */
final class BackfillBench {

    private final List<Integer> sizes;
    private final int rounds;
    private final int loadSeconds;
    private final List<Contender> contenders = new ArrayList<>();
    private final Path results;

    BackfillBench(Options options, Path results) {
        this.sizes = options.numbers("rows", "1000000,5000000");
        this.rounds = options.number("rounds", 3);
        this.loadSeconds = options.number("load-seconds", 40);
        contenders.add(new Contender.PlainUpdate());
        contenders.add(new Contender.Keyset());
        options.numbers("workers", "1,2").forEach(workers -> contenders.add(new Contender.Lockkeeper(workers)));
        this.results = results;
    }

    /** @param seconds of each round, and the rate of the median one */
    record Idle(int rows, String contender, List<Double> seconds, double rowsPerSecond) {}

    /** @param baseline the workload alone, before; {@code loaded} while rows were moved */
    record Felt(double rowsPerSecond, boolean complete, Load.Latency baseline, Load.Latency loaded) {

        double ratio() {
            return loaded.p99() / baseline.p99();
        }
    }

    /** @param rounds each with a baseline of its own */
    record Loaded(int rows, String contender, List<Felt> rounds) {

        double ratio() {
            return median(rounds.stream().map(Felt::ratio).toList());
        }

        double rowsPerSecond() {
            return median(rounds.stream().map(Felt::rowsPerSecond).toList());
        }
    }

    void run() throws Exception {
        List<Idle> idle = new ArrayList<>();
        List<Loaded> loaded = new ArrayList<>();
        try (Server server = new Server()) {
            for (int rows : sizes) {
                server.writeWal(Math.min(6_000, rows / 1_000)); // more than one contender writes
                server.prepare("base", rows);
                idle.addAll(idle(server, rows));
                if (loadSeconds > 0) {
                    loaded.addAll(loaded(server, rows));
                }
                server.drop("base");
                write(idle, loaded); // what was measured stays, whatever comes
            }
        }
    }

    private List<Idle> idle(Server server, int rows) throws Exception {
        Map<Contender, List<Double>> seconds = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Contender contender : contenders) {
                server.copy("base", "run");
                Contender.Moved moved;
                try (Contender.Mover mover = contender.open(server, "run")) {
                    moved = mover.move(Duration.ofHours(2));
                }
                if (moved.rows() != rows) {
                    throw new IllegalStateException(contender.name() + " moved " + moved.rows() + " of " + rows);
                }
                System.out.printf(Locale.ROOT, "%,d rows, round %d, %s: %.1f s%n", rows, round + 1, contender.name(),
                        moved.seconds());
                seconds.computeIfAbsent(contender, key -> new ArrayList<>()).add(moved.seconds());
                server.drop("run");
            }
        }
        return seconds.entrySet().stream().map(entry -> new Idle(rows, entry.getKey().name(), entry.getValue(),
                rows / median(entry.getValue()))).toList();
    }

    /** In turns, with one who does nothing: as much as its windows differ, the others' may by chance. */
    private List<Loaded> loaded(Server server, int rows) throws Exception {
        Map<Contender, List<Felt>> felt = new LinkedHashMap<>();
        List<Contender> all = new ArrayList<>(contenders);
        all.add(0, new Contender.Nobody());
        for (int round = 0; round < rounds; round++) {
            for (Contender contender : all) {
                Felt one = felt(server, rows, contender);
                System.out.printf(Locale.ROOT,
                        "%,d rows, under load, round %d, %s: %,.0f rows/s, p99 %.1f ms before, %.1f ms then%n", rows,
                        round + 1, contender.name(), one.rowsPerSecond(), one.baseline().p99(), one.loaded().p99());
                felt.computeIfAbsent(contender, key -> new ArrayList<>()).add(one);
            }
        }
        return felt.entrySet().stream().map(entry -> new Loaded(rows, entry.getKey().name(), entry.getValue()))
                .toList();
    }

    private Felt felt(Server server, int rows, Contender contender) throws Exception {
        server.copy("base", "run");
        int before = Math.max(10, loadSeconds / 2);
        try (Contender.Mover mover = contender.open(server, "run");
                Load load = new Load(server, "run", rows, before + loadSeconds + 5)) {
            Thread.sleep(2000); // pgbench connects, its first statements are cold
            double start = now();
            Thread.sleep(before * 1000L - 2000);
            double begun = now();
            Contender.Moved moved = mover.move(Duration.ofSeconds(loadSeconds));
            double end = now();
            Thread.sleep(2000); // pgbench writes its log in blocks
            load.stop();
            return new Felt(moved.rows() / moved.seconds(), moved.complete(), load.latency(start, begun),
                    load.latency(begun, end));
        } finally {
            server.drop("run");
        }
    }

    private static double now() {
        return System.currentTimeMillis() / 1000.0;
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static OptionalDouble rate(List<Idle> idle, int rows, String contender) {
        return idle.stream().filter(each -> each.rows() == rows && each.contender().equals(contender))
                .mapToDouble(Idle::rowsPerSecond).findFirst();
    }

    private void write(List<Idle> idle, List<Loaded> loaded) throws Exception {
        Files.createDirectories(results);
        Contender.Lockkeeper ours = contenders.stream().filter(Contender.Lockkeeper.class::isInstance)
                .map(Contender.Lockkeeper.class::cast).reduce((first, last) -> last).orElseThrow();
        int rows = idle.get(idle.size() - 1).rows();
        double rate = rate(idle, rows, ours.name()).orElseThrow();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rows", rows);
        json.put("workers", ours.workers());
        json.put("rounds", rounds);
        json.put("ratio_to_plain_update",
                round(rate / rate(idle, rows, new Contender.PlainUpdate().name()).orElseThrow()));
        json.put("ratio_to_keyset", round(rate / rate(idle, rows, new Contender.Keyset().name()).orElseThrow()));
        loaded.stream().filter(each -> each.rows() == rows && each.contender().equals(ours.name())).findFirst()
                .ifPresent(each -> json.put("p99_ratio_under_load", round(each.ratio())));
        json.put("processors", Runtime.getRuntime().availableProcessors());
        json.put("idle", idle);
        json.put("under_load", loaded);
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(results.resolve("backfill.json").toFile(), json);
        Files.writeString(results.resolve("backfill.md"), table(idle, loaded));
        Files.writeString(results.resolve("backfill.svg"), plot(idle));
    }

    private static double round(double value) {
        return Math.round(value * 100) / 100.0;
    }

    private static String table(List<Idle> idle, List<Loaded> loaded) {
        StringBuilder text = new StringBuilder("""
                | rows | contender | rows/s, idle (median) | times plain UPDATE | seconds of each round |
                |--:|---|--:|--:|---|
                """);
        for (Idle each : idle) {
            double plain = rate(idle, each.rows(), new Contender.PlainUpdate().name()).orElseThrow();
            text.append("| %,d | %s | %,.0f | %.2f | %s |%n".formatted(each.rows(), each.contender(),
                    each.rowsPerSecond(), each.rowsPerSecond() / plain, String.join(", ", each.seconds().stream()
                            .map(value -> String.format(Locale.ROOT, "%.1f", value)).toList())));
        }
        if (!loaded.isEmpty()) {
            text.append("""

                    | rows | contender | rows/s, under load (median) | workload's p99 before → then, ms | median ratio | longest |
                    |--:|---|--:|--:|--:|--:|
                    """);
        }
        for (Loaded each : loaded) {
            boolean complete = each.rounds().stream().allMatch(Felt::complete);
            text.append("| %,d | %s | %,.0f%s | %s | %.2f | %.0f ms |%n".formatted(each.rows(), each.contender(),
                    each.rowsPerSecond(), complete ? "" : " (not done in time)",
                    each.rounds().stream().map(round -> String.format(Locale.ROOT, "%.1f → %.1f",
                            round.baseline().p99(), round.loaded().p99())).collect(Collectors.joining(", ")),
                    each.ratio(), each.rounds().stream().mapToDouble(round -> round.loaded().longest()).max()
                            .orElseThrow()));
        }
        return text.toString();
    }

    private String plot(List<Idle> idle) {
        BarChart chart = new BarChart("Backfill, idle server, fsync on: thousand rows per second (median of " + rounds
                + ")");
        for (Idle each : idle) {
            chart.bar(String.format(Locale.ROOT, "%,d rows", each.rows()), each.contender(),
                    each.rowsPerSecond() / 1000);
        }
        return chart.svg();
    }
}
