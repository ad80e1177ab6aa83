import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;

import io.lockkeeper.grammar.Parsed;
import io.lockkeeper.grammar.PostgresGrammar;

/**
 * Measures {@code lockkeeper lint} on a history, JVM start included, and the parser warm. Wall time tells what a person
 * waits on this machine as it is now; processor time tells what it costs on any.
 */
public final class LintBench {

    private static final int PARSER_ROUNDS = 8;
    private static final int REFUSED = 3;

    private record Run(Duration wall, Duration processor, long peakKilobytes) {}

    public static void main(String[] arguments) throws Exception {
        String launcher = arguments[0];
        Path history = Path.of(arguments[1]);
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            runs.add(lint(launcher, history));
        }
        System.out.println("# Lint of " + Files.list(history).count() + " files, and the parser alone\n");
        System.out.println("Load average " + load() + " on " + Runtime.getRuntime().availableProcessors()
                + " processors, Java " + Runtime.version().feature() + ".\n");
        System.out.println("| lint, median of " + runs.size() + " | |\n|---|---|");
        row("wall time, JVM start included", seconds(median(runs.stream().map(Run::wall).toList())));
        row("best wall time", seconds(Collections.min(runs.stream().map(Run::wall).toList())));
        row("processor time", seconds(median(runs.stream().map(Run::processor).toList())));
        row("peak memory (RSS)", median(runs.stream().map(Run::peakKilobytes).toList()) / 1024 + " MB");
        parser(history);
    }

    private static Run lint(String launcher, Path history) throws IOException, InterruptedException {
        Path report = Files.createTempFile("lint", ".json");
        long start = System.nanoTime();
        Process lint = new ProcessBuilder(launcher, "lint", history.toString(), "--format", "json", "--output",
                report.toString()).inheritIO().start();
        // The launcher becomes the JVM, so that its pid is the one to look at.
        Path status = Path.of("/proc/" + lint.pid() + "/status");
        long peak = 0;
        Duration processor = Duration.ZERO;
        while (lint.isAlive()) {
            processor = lint.info().totalCpuDuration().orElse(processor);
            try (Stream<String> lines = Files.lines(status)) {
                peak = Math.max(peak, lines.filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElse(0));
            } catch (IOException | java.io.UncheckedIOException over) {
                break;
            }
            lint.waitFor(10, java.util.concurrent.TimeUnit.MILLISECONDS);
        }
        int exitCode = lint.waitFor();
        Duration wall = Duration.ofNanos(System.nanoTime() - start);
        if (exitCode > REFUSED || Files.size(report) == 0) {
            throw new IllegalStateException("lint ended with " + exitCode);
        }
        Files.delete(report);
        return new Run(wall, processor, peak);
    }

    private static void parser(Path history) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.list(history)) {
            for (Path file : files.sorted().toList()) {
                texts.add(Files.readString(file));
            }
        }
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        System.out.println("\n| parser alone, one thread | statements/s, wall | statements/s of processor time |\n"
                + "|---|---|---|");
        try (PostgresGrammar grammar = new PostgresGrammar(1)) {
            for (int round = 1; round <= PARSER_ROUNDS; round++) {
                long wall = System.nanoTime();
                long processor = system.getProcessCpuTime();
                long statements = texts.stream().mapToLong(text -> ((Parsed) grammar.parse(text)).statements().size())
                        .sum();
                processor = system.getProcessCpuTime() - processor;
                wall = System.nanoTime() - wall;
                if (round == 1 || round == PARSER_ROUNDS) {
                    System.out.printf(Locale.ROOT, "| %s | %,d | %,d |%n", round == 1 ? "cold" : "warm, round " + round,
                            statements * 1_000_000_000L / wall, statements * 1_000_000_000L / processor);
                }
            }
        }
    }

    private static String load() {
        return String.format(Locale.ROOT, "%.1f",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static <T extends Comparable<T>> T median(List<T> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toMillis() / 1000.0);
    }

    private static void row(String what, String value) {
        System.out.println("| " + what + " | " + value + " |");
    }
}
