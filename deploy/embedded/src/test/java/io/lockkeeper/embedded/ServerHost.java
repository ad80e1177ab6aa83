package io.lockkeeper.embedded;

import java.nio.file.Path;

/**
 * A JVM that tests start and kill: it runs one server, prints {@code pid port directory} and waits for the end of its
 * input. Arguments: postgres or kafka; a directory, or - for a temporary one; attached or detached.
 */
public final class ServerHost {

    private ServerHost() {}

    public static void main(String[] arguments) throws Exception {
        var server = host(arguments[0].equals("postgres")
                ? EmbeddedPostgres.builder().fastUnsafe().trustLoopback()
                : EmbeddedKafka.builder(), arguments[1], arguments[2]);
        System.out.println("RUNNING " + server.pid() + " " + server.port() + " " + server.directory());
        while (System.in.read() >= 0) {
            continue;
        }
    }

    private static EmbeddedServer<?> host(EmbeddedServer.Builder<?, ?> builder, String directory, String life) {
        if (!directory.equals("-")) {
            builder.dataDirectory(Path.of(directory));
        }
        if (life.equals("detached")) {
            builder.detached();
        }
        return builder.start();
    }
}
