package io.lockkeeper.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Starts a program in a session of its own where {@code setsid} is installed. A Ctrl-C in the terminal then reaches the
 * JVM alone, which stops what uses the server before it stops the server.
 */
public final class OwnSession {

    private static final Optional<String> SETSID = Stream.of("/usr/bin/setsid", "/bin/setsid")
            .filter(program -> Files.isExecutable(Path.of(program))).findFirst();

    private OwnSession() {}

    /** setsid replaces itself by the program, so the process id stays the program's own. */
    public static List<String> command(List<String> words) {
        var all = new ArrayList<String>();
        SETSID.ifPresent(all::add);
        all.addAll(words);
        return all;
    }
}
