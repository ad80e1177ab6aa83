package io.lockkeeper.planner.postgres;

import java.net.URI;
import java.util.UUID;

import io.vertx.core.Vertx;

import io.lockkeeper.messages.Identifier;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.rehearsal.ScratchDatabase;
import io.lockkeeper.planner.rehearsal.ScratchServer;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.Target;

/** A server whose migrator role may make and drop databases and roles. */
public final class PostgresScratchServer implements ScratchServer {

    private final Vertx vertx;
    private final Target server;

    /** @param server names a database to connect to while others are made, such as {@code postgres} */
    public PostgresScratchServer(Vertx vertx, Target server) {
        this.vertx = vertx;
        this.server = server;
    }

    @Override
    public int version() {
        try (Session session = open(server)) {
            return session.query("SELECT current_setting('server_version_num')::int AS version").get(0)
                    .getInteger("version");
        }
    }

    @Override
    public ScratchDatabase create() {
        return create("template0", false);
    }

    @Override
    public ScratchDatabase copy(ScratchDatabase original) {
        PostgresScratch scratch = (PostgresScratch) original;
        return create(scratch.name(), scratch.holdsRows());
    }

    private ScratchDatabase create(String template, boolean holdsRows) {
        String name = "lockkeeper_rehearsal_" + UUID.randomUUID().toString().replace("-", "").substring(0, 16);
        administer("CREATE DATABASE " + Identifier.quote(name) + " TEMPLATE " + Identifier.quote(template));
        URI url = server.url();
        URI own = URI.create(url.getScheme() + "://" + url.getRawAuthority() + "/" + name
                + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery()));
        Target database = new Target(server.name(), own, server.credentials(), server.ownerRole(), server.profile(),
                server.labels());
        return new PostgresScratch(name, holdsRows, () -> open(database),
                () -> administer("DROP DATABASE IF EXISTS " + Identifier.quote(name) + " WITH (FORCE)"));
    }

    private void administer(String sql) {
        try (Session session = open(server)) {
            session.execute(sql);
        }
    }

    private Session open(Target target) {
        try {
            return Session.open(vertx, target, Role.MIGRATOR, "lockkeeper/rehearsal");
        } catch (SqlFailure e) {
            throw new Targets.TargetUnreachable("the scratch server cannot be used: " + e.getMessage(), e);
        }
    }
}
