package io.lockkeeper.testbed;

import java.util.Optional;

/** A server that a test may start and end, unless other tests use it too. */
abstract class TestServer implements AutoCloseable {

    private final String name;
    private final Optional<ServerLife> life;

    /** @param life empty for the shared server: no test may end it */
    TestServer(String name, Optional<ServerLife> life) {
        this.name = name;
        this.life = life;
    }

    /** Starts the server again after {@link #stop()} or {@link #kill()}, on the same port and data. */
    public void start() {
        own("start").start();
    }

    /** Orderly shutdown: PostgreSQL's "fast" one. */
    public void stop() {
        own("stop").stop();
    }

    /** SIGKILL. The next start of a broker takes some 4 s: the old registration has to expire. */
    public void kill() {
        own("kill").kill();
    }

    /** Freezes the server: connections stay open, nothing answers. */
    public void pause() {
        own("pause").pause();
    }

    public void resume() {
        own("resume").resume();
    }

    public void restart() {
        stop();
        start();
    }

    /** Ends the server and removes its data. */
    @Override
    public void close() {
        own("close").close();
    }

    private ServerLife own(String wish) {
        return life.orElseThrow(() -> new IllegalStateException("This test may not " + wish + " the shared " + name
                + ": other tests use it; start one of its own by " + getClass().getSimpleName() + ".launch"));
    }
}
