package io.lockkeeper.testbed;

import java.util.Map;

import io.lockkeeper.embedded.EmbeddedPostgres;

record EmbeddedPostgresServer(EmbeddedPostgres server) implements PostgresServer {

    static EmbeddedPostgresServer launch(Map<String, String> settings) {
        return new EmbeddedPostgresServer(EmbeddedPostgres.builder().fastUnsafe().settings(settings).start());
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
