package io.lockkeeper.embedded;

import java.nio.file.Path;

/**
 * A JVM that tests start and kill: it runs one server, prints {@code pid port directory} and waits for the end of its
 * input. Arguments: postgres or kafka; a directory, or - for a temporary one; attached or detached.
 */
public final class ServerHost {

    private ServerHost() {}

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("postgres")) {
            var builder = EmbeddedPostgres.builder().fastUnsafe().trustLoopback();
            if (!arguments[1].equals("-")) {
                builder.dataDirectory(Path.of(arguments[1]));
            }
            if (arguments[2].equals("detached")) {
                builder.detached();
            }
            var server = builder.start();
            announce(server.pid(), server.port(), server.directory());
        } else {
            var builder = EmbeddedKafka.builder();
            if (!arguments[1].equals("-")) {
                builder.dataDirectory(Path.of(arguments[1]));
            }
            if (arguments[2].equals("detached")) {
                builder.detached();
            }
            var broker = builder.start();
            announce(broker.pid(), broker.port(), broker.directory());
        }
        while (System.in.read() >= 0) {
            continue;
        }
    }

    private static void announce(long pid, int port, Path directory) {
        System.out.println("RUNNING " + pid + " " + port + " " + directory);
    }
}
