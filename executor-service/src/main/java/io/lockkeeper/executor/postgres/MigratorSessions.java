package io.lockkeeper.executor.postgres;

import java.util.function.Function;

import io.vertx.core.Vertx;

import io.lockkeeper.executor.recovery.Adoption;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.Target;

/** Sessions of this service. */
public final class MigratorSessions implements Adoption.Sessions {

    /** How our backends are told apart; the takeover ends only those. */
    static final String NAME = "lockkeeper/executor/";

    private final Vertx vertx;

    public MigratorSessions(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public Session open(Target target, String purpose) {
        return Session.open(vertx, target, Role.MIGRATOR, NAME + purpose);
    }

    /** For one message or one request: a session of its own, so that nothing waits for a worker. */
    public <T> T briefly(Target target, String purpose, Function<Session, T> work) {
        try (Session session = open(target, purpose)) {
            return Fence.retrying(() -> work.apply(session));
        }
    }
}
