package io.lockkeeper.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.embedded.OsProcess.Signal;

/** A running server: its main process, and those that it started. */
interface ServerProcess {

    Duration PATIENCE = Duration.ofSeconds(30);

    OsProcess process();

    /** The product's name, for people. */
    String name();

    /** Orderly shutdown, paused or not; harder means follow when the server does not end. */
    void stop(Duration patience);

    default long pid() {
        return process().pid();
    }

    /**
     * As if the machine lost power, as far as the server can tell: the main process and at once everything that it
     * started, which would otherwise finish its work first.
     */
    default void kill() {
        end(name(), all());
    }

    /** SIGSTOP: connections stay open and nothing answers. Returns when all has come to a stand. */
    default void pause() {
        if (!Deadline.in(Duration.ofSeconds(10)).await(this::stands)) {
            throw new EmbeddedServerException("Cannot pause " + name() + " process " + pid(),
                    "it still runs 10 s after SIGSTOP", "Look for a hanging disk or file system");
        }
    }

    /** Tells what does not stand yet, also what the main process started last; what has ended waits for it as a zombie. */
    private boolean stands() {
        var running = all().stream().filter(process -> process.alive() && !process.stopped()).toList();
        running.forEach(process -> process.signal(Signal.STOP));
        return running.isEmpty();
    }

    default void resume() {
        if (process().stopped()) {
            all().forEach(process -> process.signal(Signal.CONT));
        }
    }

    private List<OsProcess> all() {
        var all = new ArrayList<>(List.of(process()));
        all.addAll(process().descendants());
        return all;
    }

    /** SIGKILL, and a wait for the end. */
    static void end(String name, List<OsProcess> processes) {
        processes.forEach(process -> process.signal(Signal.KILL));
        for (var process : processes) {
            if (!process.awaitExit(PATIENCE)) {
                throw new EmbeddedServerException("Cannot end " + name + " process " + process.pid(),
                        "it is still there " + PATIENCE.toSeconds() + " s after SIGKILL",
                        "Look for a hanging disk or file system");
            }
        }
    }
}
