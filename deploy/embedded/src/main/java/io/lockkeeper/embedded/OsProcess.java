package io.lockkeeper.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Another process of this machine, known by its id, whether or not this JVM started it. */
public record OsProcess(long pid) {

    public enum Signal {
        INT, TERM, QUIT, KILL, STOP, CONT
    }

    /** A zombie counts as dead: its init process may take a second to collect it, but it holds nothing any more. */
    public boolean alive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)
                && !state(Path.of("/proc", Long.toString(pid), "stat")).equals("Z");
    }

    /** Whether anything has this process id, a zombie included: what {@code kill -0} asks. */
    boolean exists() {
        return ProcessHandle.of(pid).isPresent();
    }

    /**
     * Whether SIGSTOP has taken effect: the signal is delivered some time after it is sent, and to one thread after the
     * other, so that on a busy machine a server answers for some milliseconds more.
     */
    boolean stopped() {
        try (var threads = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (var thread : threads) {
                if (!state(thread.resolve("stat")).equals("T")) {
                    return false;
                }
            }
            return true;
        } catch (IOException noSuchDirectoryOutsideOfLinux) {
            return Command.of("ps", "-o", "state=", "-p", Long.toString(pid)).run(Duration.ofSeconds(10)).output()
                    .strip().startsWith("T");
        }
    }

    /** One letter as in proc(5), or empty where there is no such process or no such file system. */
    private static String state(Path stat) {
        try {
            var line = Files.readString(stat);
            var afterName = line.lastIndexOf(')') + 2;
            return line.substring(afterName, afterName + 1);
        } catch (IOException gone) {
            return "";
        }
    }

    public boolean awaitExit(Duration timeout) {
        return Deadline.in(timeout).await(() -> !alive());
    }

    /** Sends the signal; a process that is already gone is no error. */
    public void signal(Signal signal) {
        var result = Command.of("/bin/sh", "-c", "kill -s \"$1\" \"$2\"", "sh", signal.name(), Long.toString(pid))
                .run(Duration.ofSeconds(10));
        if (result.failed() && alive()) {
            throw new EmbeddedServerException("Cannot send SIG" + signal + " to process " + pid, result.firstLine(),
                    "Stop process " + pid + " as the user that started it");
        }
    }

    /**
     * Whether the process's command line holds the text. Process ids are reused: nothing here kills a process that it
     * did not start itself without this question, with the server's own directory as the text.
     */
    public boolean mentions(String text) {
        return commandLine().map(line -> line.contains(text)).orElse(false);
    }

    /** The program's file name, without its directory; empty where the kernel does not tell. */
    Optional<String> program() {
        return ProcessHandle.of(pid).flatMap(process -> process.info().command()).map(Path::of).map(Path::getFileName)
                .map(Path::toString);
    }

    /** Linux only; elsewhere, and for processes of other users, empty. */
    Optional<Path> workingDirectory() {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<String> commandLine() {
        try {
            return Optional.of(Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).replace('\0', ' '));
        } catch (IOException e) {
            return ProcessHandle.of(pid).flatMap(process -> process.info().commandLine());
        }
    }

    static List<OsProcess> all() {
        return ProcessHandle.allProcesses().map(process -> new OsProcess(process.pid())).toList();
    }

    List<OsProcess> descendants() {
        return ProcessHandle.of(pid).stream().flatMap(ProcessHandle::descendants)
                .map(process -> new OsProcess(process.pid())).toList();
    }
}
