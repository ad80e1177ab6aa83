package io.lockkeeper.testbed;

/** A server that another copy of this class started; see {@link SharedServer}. Life and death are not its business. */
record AttachedPostgresServer(String host, int port, String superuser, String password) implements PostgresServer {

    static AttachedPostgresServer at(String address) {
        var parts = address.split(" ", 4);
        return new AttachedPostgresServer(parts[0], Integer.parseInt(parts[1]), parts[2], parts[3]);
    }

    static String addressOf(PostgresServer server) {
        return String.join(" ", server.host(), Integer.toString(server.port()), server.superuser(), server.password());
    }

    @Override
    public void start() {
        throw notOurs();
    }

    @Override
    public void stop() {
        throw notOurs();
    }

    @Override
    public void kill() {
        throw notOurs();
    }

    @Override
    public void close() {
        throw notOurs();
    }

    private static UnsupportedOperationException notOurs() {
        return new UnsupportedOperationException("The shared PostgreSQL server is not this class loader's to control");
    }
}
