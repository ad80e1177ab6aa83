package io.lockkeeper.testbed;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.embedded.EmbeddedPostgres;

record EmbeddedPostgresServer(EmbeddedPostgres server) implements PostgresServer {

    static EmbeddedPostgresServer launch(Map<String, String> settings) {
        var builder = EmbeddedPostgres.builder().fastUnsafe().settings(settings);
        Optional.ofNullable(System.getProperty("lockkeeper.testbed.postgres-bin")).filter(bin -> !bin.isBlank())
                .ifPresent(bin -> builder.postgresBin(Path.of(bin)));
        return new EmbeddedPostgresServer(builder.start());
    }

    @Override
    public String host() {
        return server.host();
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public String superuser() {
        return EmbeddedPostgres.SUPERUSER;
    }

    @Override
    public String password() {
        return server.superuserPassword();
    }

    @Override
    public void start() {
        server.start();
    }

    @Override
    public void stop() {
        server.stop();
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void close() {
        server.close();
    }
}
