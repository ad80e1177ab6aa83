package io.lockkeeper.testbed;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.testcontainers.postgresql.PostgreSQLContainer;

import io.lockkeeper.embedded.EmbeddedPostgres;

final class ContainerPostgresServer implements PostgresServer {

    private static final String IMAGE = "postgres:18";

    private final PostgreSQLContainer container;
    private final ContainerControl control;

    private ContainerPostgresServer(PostgreSQLContainer container) {
        this.container = container;
        this.control = new ContainerControl(container);
    }

    static ContainerPostgresServer launch(Map<String, String> settings) {
        var container = new PostgreSQLContainer(IMAGE).withUsername(EmbeddedPostgres.SUPERUSER)
                .withPassword(UUID.randomUUID().toString());
        container.setCommand(command(settings).toArray(String[]::new));
        // A port of our choice, because Docker would give another one at every start.
        container.setPortBindings(List.of(ContainerControl.freePort() + ":" + PostgreSQLContainer.POSTGRESQL_PORT));
        container.start();
        return new ContainerPostgresServer(container);
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

    @Override
    public String host() {
        return container.getHost();
    }

    @Override
    public int port() {
        return container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT);
    }

    @Override
    public String superuser() {
        return container.getUsername();
    }

    @Override
    public String password() {
        return container.getPassword();
    }

    @Override
    public void start() {
        control.start();
        Connections.awaitAnswer(this);
    }

    @Override
    public void stop() {
        control.stop();
    }

    @Override
    public void kill() {
        control.kill();
    }

    @Override
    public void close() {
        container.stop();
    }
}
