package io.lockkeeper.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import io.lockkeeper.embedded.OsProcess.Signal;

/** PostgreSQL's main process on one data directory, found by the {@code postmaster.pid} that it keeps there. */
record Postmaster(OsProcess process, Path data) implements ServerProcess {

    static final String NAME = "PostgreSQL";

    /** The line of postmaster.pid in which the server says how far it is (since PostgreSQL 10). */
    private static final int STATUS_LINE = 7;

    /** The live postmaster of this data directory. A process that merely got its old process id is not it. */
    static Optional<Postmaster> running(Path data) {
        return pidFileLines(data).stream().findFirst().flatMap(Postmaster::parse).map(OsProcess::new)
                .filter(OsProcess::alive).filter(servesFrom(data)).map(process -> new Postmaster(process, data));
    }

    boolean ready() {
        var lines = pidFileLines(data);
        // "standby" takes connections too, to read.
        return lines.size() > STATUS_LINE && List.of("ready", "standby").contains(lines.get(STATUS_LINE).strip());
    }

    @Override
    public String name() {
        return NAME;
    }

    /** Fast shutdown: sessions are ended, a checkpoint is written. Harder means follow when it does not end. */
    @Override
    public void stop(Duration patience) {
        process.signal(Signal.INT);
        resume();
        if (process.awaitExit(patience)) {
            return;
        }
        process.signal(Signal.QUIT);
        if (!process.awaitExit(Duration.ofSeconds(10))) {
            kill();
        }
    }

    /**
     * Clears what a server that was not stopped left behind: processes without a postmaster, and a postmaster.pid whose
     * process id still exists but is no postmaster on these data, because somebody else has it now or because nobody
     * has collected the dead process yet. PostgreSQL can tell neither and refuses to start. Safe, because the processes
     * that could still write to these data are ended first.
     */
    static void clearRemains(Path data) {
        ServerProcess.end(NAME, OsProcess.all().stream()
                .filter(process -> process.workingDirectory().map(data::equals).orElse(false))
                .filter(process -> process.program().map("postgres"::equals).orElse(false)).toList());
        var stranger = pidFileLines(data).stream().findFirst().flatMap(Postmaster::parse).map(OsProcess::new)
                .filter(OsProcess::exists);
        if (stranger.isPresent()) {
            try {
                Files.deleteIfExists(pidFile(data));
            } catch (IOException e) {
                throw new EmbeddedServerException("Cannot remove the stale " + pidFile(data),
                        e.toString(), "Remove it by hand: process " + stranger.get().pid()
                                + ", which it names, is no PostgreSQL on this directory",
                        e);
            }
        }
    }

    private static Predicate<OsProcess> servesFrom(Path data) {
        return process -> process.mentions(data.toString())
                && process.program().map(program -> program.equals("postgres")).orElse(true);
    }

    static Path pidFile(Path data) {
        return data.resolve("postmaster.pid");
    }

    private static List<String> pidFileLines(Path data) {
        try {
            return Files.readAllLines(pidFile(data));
        } catch (IOException e) {
            return List.of();
        }
    }

    private static Optional<Long> parse(String line) {
        return line.strip().matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(line.strip())) : Optional.empty();
    }
}
