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

    /** Arguments: file with the process id, text in its command line, signal, directory to remove (or empty). */
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            read -r nothing

            # A server whose start had only begun has no pid file yet: 1 s of grace.
            pid=''
            round=0
            while [ -z "$pid" ] && [ "$round" -lt 10 ]; do
                read -r pid <"$1" || sleep 0.1
                round=$((round + 1))
            done 2>/dev/null

            ours() {
                case "$({ tr '\\0' ' ' </proc/"$pid"/cmdline || ps -o command= -p "$pid"; } 2>/dev/null)" in
                    *"$1"*) return 0 ;;
                    *) return 1 ;;
                esac
            }
            if [ -n "$pid" ] && ours "$2"; then
                kill -s "$3" "$pid"
                kill -s CONT "$pid"
                round=0
                while ours "$2" && [ "$round" -lt 100 ]; do
                    sleep 0.1
                    round=$((round + 1))
                done
                if ours "$2"; then
                    kill -s KILL "$pid"
                fi
            fi
            # initdb, which the JVM may have left running, still makes files for a while.
            round=0
            while [ -n "$4" ] && [ -e "$4" ] && [ "$round" -lt 100 ]; do
                rm -rf -- "$4" || sleep 0.1
                round=$((round + 1))
            done
            """;

    private final Process shell;

    private OrphanGuard(Process shell) {
        this.shell = shell;
    }

    /**
     * @param pidFile its first line is the server's process id; it may appear later
     * @param mention text that only this server's command line holds: its directory
     * @param temporary directory to remove after the server's end
     */
    public static OrphanGuard watch(Path pidFile, String mention, OsProcess.Signal signal, Optional<Path> temporary) {
        var words = OwnSession.command(List.of("/bin/sh", "-c", SCRIPT, "lockkeeper-orphan-guard", pidFile.toString(),
                mention, signal.name(), temporary.map(Path::toString).orElse("")));
        try {
            return new OrphanGuard(Command.builder(words, Path.of("/")).redirectOutput(Redirect.DISCARD).start());
        } catch (IOException e) {
            throw new EmbeddedServerException("Cannot start the guard of " + mention, e.toString(),
                    "Check that /bin/sh runs", e);
        }
    }

    /** Dismisses the guard: the shell must be gone before its pipe closes. */
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
