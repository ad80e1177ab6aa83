package io.lockkeeper.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** pgbench at a fixed rate, half of it point updates and half point reads; each transaction's latency is kept. */
final class Load implements AutoCloseable {

    private static final int PER_SECOND = 200;

    private final Path directory;
    private boolean stopped;
    private final List<Process> clients = new ArrayList<>();

    Load(Server server, String database, long rows, int seconds) throws IOException {
        directory = Files.createTempDirectory("lockkeeper-load");
        start(server, database, seconds, "write",
                "\\set id random(1, " + rows + ")\nUPDATE orders SET status = 'paid' WHERE id = :id;\n");
        start(server, database, seconds, "read",
                "\\set id random(1, " + rows + ")\nSELECT amount FROM orders WHERE id = :id;\n");
    }

    private void start(Server server, String database, int seconds, String name, String script) throws IOException {
        Path file = Files.writeString(directory.resolve(name + ".sql"), script);
        ProcessBuilder builder = new ProcessBuilder("pgbench", "-n", "-c", "2", "-j", "1", "-R",
                Integer.toString(PER_SECOND), "-T", Integer.toString(seconds), "-f", file.toString(), "-l",
                "--log-prefix", directory.resolve("log-" + name).toString(), "-h", server.host(), "-p",
                Integer.toString(server.port()), "-U", server.user(), database);
        builder.environment().put("PGPASSWORD", server.password());
        builder.environment().put("PGAPPNAME", "shop/2");
        builder.redirectErrorStream(true).redirectOutput(directory.resolve(name + ".out").toFile());
        clients.add(builder.start());
    }

    /**
     * Latencies between two moments.
     *
     * @param p99  in milliseconds; {@code longest} as well
     */
    record Latency(int statements, int failed, double p50, double p99, double longest) {}

    /** Waits for the end of the load. */
    Load ended() throws InterruptedException {
        for (Process client : clients) {
            client.waitFor();
        }
        return this;
    }

    /** @param from epoch seconds, as {@code to} */
    Latency latency(double from, double to) throws IOException {
        List<Double> millis = new ArrayList<>();
        int failed = 0;
        try (Stream<Path> logs = Files.list(directory)) {
            for (Path log : logs.filter(path -> path.getFileName().toString().startsWith("log-")).toList()) {
                for (String line : Files.readAllLines(log)) {
                    String[] fields = line.split(" ");
                    if (fields.length < 6) {
                        continue; // cut off when the client was stopped
                    }
                    double at = Long.parseLong(fields[4]) + Long.parseLong(fields[5]) / 1e6;
                    if (at < from || at > to) {
                        continue;
                    }
                    if (Character.isDigit(fields[2].charAt(0))) {
                        millis.add(Long.parseLong(fields[2]) / 1000.0);
                    } else {
                        failed++;
                    }
                }
            }
        }
        for (Process client : clients) {
            failed += stopped || client.isAlive() || client.exitValue() == 0 ? 0 : 1;
        }
        if (millis.isEmpty()) {
            throw new IllegalStateException("pgbench logged nothing: look into " + directory);
        }
        millis.sort(null);
        return new Latency(millis.size(), failed, at(millis, 0.5), at(millis, 0.99), at(millis, 1));
    }

    private static double at(List<Double> sorted, double share) {
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(sorted.size() * share)));
    }

    /** What it has logged so far can be read. */
    Load stop() throws InterruptedException {
        close();
        return ended();
    }

    @Override
    public void close() {
        stopped = true;
        clients.forEach(Process::destroy);
    }
}
