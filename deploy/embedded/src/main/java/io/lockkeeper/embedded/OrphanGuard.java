package io.lockkeeper.embedded;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Ends a server whose JVM was killed without a chance to stop it. A shell holds the reading end of a pipe from this
 * JVM; the kernel closes the writing end whatever ends the JVM, and the shell then stops the server, after asking
 * whether the process id still belongs to it.
 */
public final class OrphanGuard implements AutoCloseable {

    /** Arguments: process id, text in its command line, signal, directory to remove (or empty). */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            read -r nothing
            ours() {
                case "$({ tr '\\0' ' ' </proc/"$1"/cmdline || ps -o command= -p "$1"; } 2>/dev/null)" in
                    *"$2"*) return 0 ;;
                    *) return 1 ;;
                esac
            }
            if ours "$1" "$2"; then
                kill -s "$3" "$1"
                kill -s CONT "$1"
                round=0
                while ours "$1" "$2" && [ "$round" -lt 100 ]; do
                    sleep 0.1
                    round=$((round + 1))
                done
                if ours "$1" "$2"; then
                    kill -s KILL "$1"
                fi
            fi
            if [ -n "$4" ]; then
                rm -rf -- "$4"
            fi
            """;

    private final Process shell;

    private OrphanGuard(Process shell) {
        this.shell = shell;
    }

    /**
     * @param mention text that only this server's command line holds: its directory
     * @param temporary directory to remove after the server's end
     */
    public static OrphanGuard watch(long pid, String mention, OsProcess.Signal signal, Optional<Path> temporary) {
        var words = OwnSession.command(List.of("/bin/sh", "-c", SCRIPT, "lockkeeper-orphan-guard", Long.toString(pid),
                mention, signal.name(), temporary.map(Path::toString).orElse("")));
        try {
            return new OrphanGuard(Command.builder(words, Path.of("/")).redirectOutput(Redirect.DISCARD).start());
        } catch (IOException e) {
            throw new EmbeddedServerException("Cannot start the guard of process " + pid,
                    String.valueOf(e.getMessage()),
                    "Check that /bin/sh runs", e);
        }
    }

    /** Dismisses the guard: the server is stopped, or meant to outlive this JVM. The order matters. */
    @Override
    public void close() {
        shell.destroyForcibly();
        try {
            shell.getOutputStream().close();
        } catch (IOException alreadyClosedWithTheShell) {
            return;
        }
    }
}
