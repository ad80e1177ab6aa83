package io.lockkeeper.embedded;

import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Starts a program in a session of its own where {@code setsid} is installed. A Ctrl-C in the terminal then reaches the
 * JVM alone, which stops what uses the server before it stops the server. Elsewhere {@code nohup} at least keeps a
 * closed terminal from ending it.
 */
public final class OwnSession {

    static final Redirect NO_INPUT = Redirect.from(new File("/dev/null"));

    private static final Optional<String> WRAPPER = Stream
            .of("/usr/bin/setsid", "/bin/setsid", "/usr/bin/nohup", "/bin/nohup")
            .filter(program -> Files.isExecutable(Path.of(program))).findFirst();

    private OwnSession() {}

    /** Both replace themselves by the program, so the process id stays the program's own. */
    public static List<String> command(List<String> words) {
        var all = new ArrayList<String>();
        WRAPPER.ifPresent(all::add);
        all.addAll(words);
        return all;
    }
}
