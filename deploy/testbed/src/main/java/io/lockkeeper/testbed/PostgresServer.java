package io.lockkeeper.testbed;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import org.testcontainers.postgresql.PostgreSQLContainer;

import io.lockkeeper.embedded.EmbeddedPostgres;
import io.lockkeeper.embedded.EmbeddedServer;

/**
 * One PostgreSQL server, wherever it lives.
 *
 * @param life empty where another copy of this class started the server; see {@link SharedServer}
 */
record PostgresServer(String host, int port, String superuser, String password, Optional<ServerLife> life) {

    private static final String IMAGE = "postgres:18";

    static PostgresServer start(ServerKind kind, Map<String, String> settings) {
        return switch (kind) {
            case EMBEDDED -> embedded(settings);
            case CONTAINERS -> container(settings);
        };
    }

    static PostgresServer attached(String address) {
        var parts = address.split(" ", 4);
        return new PostgresServer(parts[0], Integer.parseInt(parts[1]), parts[2], parts[3], Optional.empty());
    }

    String address() {
        return String.join(" ", host, Integer.toString(port), superuser, password);
    }

    private static PostgresServer embedded(Map<String, String> settings) {
        var builder = EmbeddedPostgres.builder().fastUnsafe().settings(settings);
        Optional.ofNullable(System.getProperty("lockkeeper.testbed.postgres-bin")).filter(bin -> !bin.isBlank())
                .ifPresent(bin -> builder.postgresBin(Path.of(bin)));
        var server = builder.start();
        return new PostgresServer(EmbeddedServer.HOST, server.port(), EmbeddedPostgres.SUPERUSER,
                server.superuserPassword(), Optional.of(ServerLife.of(server)));
    }

    private static PostgresServer container(Map<String, String> settings) {
        var container = new PostgreSQLContainer(IMAGE).withUsername(EmbeddedPostgres.SUPERUSER)
                .withPassword(UUID.randomUUID().toString());
        container.setCommand(command(settings).toArray(String[]::new));
        container.setPortBindings(List.of(ContainerLife.freePort() + ":" + PostgreSQLContainer.POSTGRESQL_PORT));
        container.start();
        var address = new PostgresServer(container.getHost(),
                container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT), container.getUsername(),
                container.getPassword(), Optional.empty());
        return new PostgresServer(address.host, address.port, address.superuser, address.password,
                Optional.of(new ContainerLife(container, () -> Connections.awaitAnswer(address))));
    }

    private static List<String> command(Map<String, String> settings) {
        var all = new LinkedHashMap<>(EmbeddedPostgres.defaultSettings());
        // The image's own start-up script talks to the server over its socket.
        all.remove("unix_socket_directories");
        all.putAll(EmbeddedPostgres.fastUnsafeSettings());
        all.putAll(settings);
        var words = new ArrayList<>(List.of("postgres"));
        all.forEach((name, value) -> words.addAll(List.of("-c", name + "=" + value)));
        return words;
    }
}
