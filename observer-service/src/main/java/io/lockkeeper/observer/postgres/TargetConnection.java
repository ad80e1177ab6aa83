package io.lockkeeper.observer.postgres;

import io.vertx.core.Vertx;

import io.lockkeeper.target.Role;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.Target;

/** One session to a target, opened when it is needed and again when it broke. Used by one thread. */
public final class TargetConnection implements AutoCloseable {

    private final Vertx vertx;
    private final Target target;
    private final Role role;
    private final String purpose;
    private Session session;

    /** @param purpose ends the application name: {@code lockkeeper/observer/<purpose>} */
    public TargetConnection(Vertx vertx, Target target, Role role, String purpose) {
        this.vertx = vertx;
        this.target = target;
        this.role = role;
        this.purpose = purpose;
    }

    Session session() {
        if (session == null || !session.open()) {
            session = Session.open(vertx, target, role, "lockkeeper/observer/" + purpose);
            // A policy must not hide rows from a compare or an invariant: with this it is an error instead.
            session.execute("SET row_security = off");
        }
        return session;
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}
