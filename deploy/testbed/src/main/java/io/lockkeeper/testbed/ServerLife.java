package io.lockkeeper.testbed;

import io.lockkeeper.embedded.EmbeddedServer;

/** Start and end of one server, wherever it lives; address and data stay over stop, kill and start. */
interface ServerLife {

    void start();

    /** Orderly shutdown. */
    void stop();

    /** SIGKILL. */
    void kill();

    /** Freezes the server: connections stay open, nothing answers. */
    void pause();

    void resume();

    /** Ends the server and removes its data. */
    void close();

    static ServerLife of(EmbeddedServer<?> server) {
        return new ServerLife() {

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
            public void pause() {
                server.pause();
            }

            @Override
            public void resume() {
                server.resume();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }
}
