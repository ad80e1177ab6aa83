package io.lockkeeper.embedded;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link ServerHost} in a JVM of its own, and the server that it runs. */
record ChildJvm(Process jvm, OsProcess server, int port, Path directory) implements AutoCloseable {

    static ChildJvm host(String... arguments) throws IOException {
        return host(List.of(), ChildClassPath.current(), List.of(), arguments);
    }

    /** @param wrapper words before the java command */
    static ChildJvm host(List<String> wrapper, String classPath, List<String> options, String... arguments)
            throws IOException {
        var words = new ArrayList<>(wrapper);
        words.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m",
                "-XX:TieredStopAtLevel=1", "-Dslf4j.internal.verbosity=ERROR", "-cp", classPath));
        words.addAll(options);
        words.add(ServerHost.class.getName());
        words.addAll(List.of(arguments));
        var jvm = new ProcessBuilder(words).directory(new File("/")).redirectErrorStream(true).start();
        var said = new ArrayList<String>();
        BufferedReader output = jvm.inputReader();
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            said.add(line);
            if (line.startsWith("RUNNING ")) {
                var parts = line.split(" ", 4);
                return new ChildJvm(jvm, new OsProcess(Long.parseLong(parts[1])), Integer.parseInt(parts[2]),
                        Path.of(parts[3]));
            }
        }
        throw new IOException("the child JVM ended without a server: " + String.join(" | ", said));
    }

    void kill() {
        jvm.destroyForcibly().onExit().join();
    }

    /** Ends its input: it ends in order. */
    void end() throws IOException {
        jvm.getOutputStream().close();
        jvm.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
