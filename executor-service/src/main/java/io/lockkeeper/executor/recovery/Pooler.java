package io.lockkeeper.executor.recovery;

import java.util.Optional;

import io.lockkeeper.target.Session;

/**
 * A pooler between us and the server: it hands out other backends than it announces. Session locks, settings, the end of
 * orphans and the fence all need the server itself.
 */
public final class Pooler {

    /** A transaction pooler may give each statement another backend, and now and then the one that it announced. */
    private static final int QUESTIONS = 3;

    private Pooler() {}

    /** What to do about it; empty if the connection is direct. */
    public static Optional<String> advice(Session session) {
        int announced = session.backendPid();
        for (int number = 0; number < QUESTIONS; number++) {
            int pid = session.query("SELECT pg_backend_pid() AS pid").get(0).getInteger("pid");
            if (pid != announced) {
                return Optional
                        .of("a pooler answers in place of the server (backend " + pid + ", announced " + announced
                                + "): state the server's own address in the target's url");
            }
        }
        return Optional.empty();
    }
}
