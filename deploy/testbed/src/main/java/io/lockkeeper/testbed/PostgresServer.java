package io.lockkeeper.testbed;

import java.util.Map;

/** One PostgreSQL server, wherever it lives; address and data stay over stop, kill and start. */
sealed interface PostgresServer permits EmbeddedPostgresServer, ContainerPostgresServer, AttachedPostgresServer {

    String host();

    int port();

    String superuser();

    String password();

    void start();

    /** Fast shutdown. */
    void stop();

    /** SIGKILL. */
    void kill();

    /** Ends the server and removes its data. */
    void close();

    static PostgresServer start(ServerKind kind, Map<String, String> settings) {
        return switch (kind) {
            case EMBEDDED -> EmbeddedPostgresServer.launch(settings);
            case CONTAINERS -> ContainerPostgresServer.launch(settings);
        };
    }
}
