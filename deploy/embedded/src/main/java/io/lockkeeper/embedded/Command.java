package io.lockkeeper.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A short-lived program, run to its end. It sees only PATH and a plain locale of this process's environment, so that a
 * stray PGDATA or PGPORT reaches no server.
 */
record Command(List<String> words, Path directory) {

    record Result(int exitCode, String output) {

        boolean failed() {
            return exitCode != 0;
        }

        String firstLine() {
            return output.lines().filter(line -> !line.isBlank()).findFirst().map(String::strip)
                    .orElse("exit code " + exitCode);
        }
    }

    Command {
        words = List.copyOf(words);
    }

    static Command of(String... words) {
        return new Command(List.of(words), Path.of("/"));
    }

    static ProcessBuilder builder(List<String> words, Path directory) {
        var builder = new ProcessBuilder(words).directory(directory.toFile()).redirectErrorStream(true);
        var path = builder.environment().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", path, "LC_ALL", "C"));
        return builder;
    }

    /** Exit code 127 stands for a program that could not be run at all, as in a shell. */
    Result run(Duration timeout) {
        Process process;
        try {
            process = builder(words, directory).start();
        } catch (IOException e) {
            return new Result(127, String.valueOf(e.getMessage()));
        }
        var killer = CompletableFuture.runAsync(process::destroyForcibly,
                CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS));
        try {
            process.getOutputStream().close();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            // Joins uninterruptibly; the program has closed its output and ends now, or is killed at the deadline.
            return new Result(process.onExit().join().exitValue(), output);
        } catch (IOException e) {
            process.destroyForcibly();
            return new Result(126, String.valueOf(e.getMessage()));
        } finally {
            killer.cancel(true);
        }
    }
}
