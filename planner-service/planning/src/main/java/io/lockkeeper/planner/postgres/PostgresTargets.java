package io.lockkeeper.planner.postgres;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;

import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.plan.Sample;
import io.lockkeeper.planner.plan.SchemaObject;
import io.lockkeeper.planner.plan.TargetSnapshot;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.policy.Rule;
import io.lockkeeper.planner.release.AppliedMigration;
import io.lockkeeper.planner.review.Surroundings;
import io.lockkeeper.target.Credential;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.target.Role;
import io.lockkeeper.target.Session;
import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetException;
import io.lockkeeper.target.TargetRegistry;

/** Targets, read in one read-only transaction under the planner's own role. */
public final class PostgresTargets implements Targets {

    private final Vertx vertx;
    private final Function<String, Optional<Target>> find;

    /** Those that are registered. */
    public PostgresTargets(Vertx vertx, TargetRegistry registry) {
        this(vertx, registry::find);
    }

    /** @param find the target of a name, if there is one */
    public PostgresTargets(Vertx vertx, Function<String, Optional<Target>> find) {
        this.vertx = vertx;
        this.find = find;
    }

    @Override
    public Opened open(String name) {
        try {
            Optional<Target> target = find.apply(name);
            return target.isEmpty() ? new Unusable("unknown-target", "there is no target " + name) : open(target.get());
        } catch (TargetException e) {
            return new Unusable("unusable-target", e.getMessage());
        }
    }

    private Opened open(Target target) {
        Optional<String> unknown = target.allow().stream().filter(rule -> !Rule.ids().contains(rule)).findFirst();
        if (unknown.isPresent()) {
            return new Unusable("unusable-target", "the file of target " + target.name() + " allows " + unknown.get()
                    + ", which is no rule; rules are " + String.join(", ", Rule.ids()));
        }
        try {
            Session session = Session.open(vertx, target, Role.PLANNER, "lockkeeper/planner");
            try {
                session.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
                if (target.ownerRole().filter(role -> !exists(session, role)).isPresent()) {
                    session.close();
                    return new Unusable("unusable-target", "the file of target " + target.name()
                            + " names an ownerRole " + target.ownerRole().get() + ", which the server does not know");
                }
                return new Open(new Snapshot(session, new CatalogReader(session).read(), migrations(session),
                        underWay(session, target.name()), target.allow(), target.fresh(), actor(target)));
            } catch (RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (SqlFailure e) {
            if (passing(e)) {
                throw new TargetUnreachable("target " + target.name() + " cannot be read: " + e.getMessage(), e);
            }
            return new Unusable("unusable-target",
                    "target " + target.name() + " cannot be read: " + e.getMessage() + " (SQLSTATE "
                            + e.sqlState() + "); check the rights of its planner role");
        }
    }

    private static boolean exists(Session session, String role) {
        return !session.query("SELECT FROM pg_roles WHERE rolname = $1::text", role).isEmpty();
    }

    /** Who runs the steps; nobody knows where a target is only looked at. */
    private static Optional<String> actor(Target target) {
        return target.ownerRole().or(() -> Optional.ofNullable(target.credentials().getOrDefault(Role.MIGRATOR.key(),
                target.credentials().get("default"))).map(Credential::user));
    }

    /** A refused connection, a full server, a password that is being changed, a lock on a catalog. */
    private static boolean passing(SqlFailure failure) {
        return switch (failure.state()) {
            case CONNECTION_LOST, SERVER_BUSY, LOCK_NOT_AVAILABLE, CANCELLED -> true;
            default -> failure.sqlState() != null
                    && (failure.sqlState().startsWith("28") || failure.sqlState().equals("3D000"));
        };
    }

    private static boolean ledger(Session session) {
        return session.query("SELECT to_regclass('lockkeeper.migration') IS NOT NULL AS there").get(0)
                .getBoolean("there");
    }

    private static List<Plan> underWay(Session session, String target) {
        if (!ledger(session)) {
            return List.of();
        }
        List<Plan> plans = new ArrayList<>();
        for (Row row : session.query("""
                SELECT p.body FROM lockkeeper.run r JOIN lockkeeper.plan p ON p.hash = r.plan_hash
                WHERE r.target = $1::text AND r.state NOT IN ('COMPLETED', 'ABORTED', 'REVERTED')
                ORDER BY r.claimed_at, r.id
                """, target)) {
            try {
                plans.add(MessageJson.mapper().readValue(row.getString("body"), Plan.class));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("a plan in the ledger of " + target + " does not parse", e);
            }
        }
        return plans;
    }

    private static List<AppliedMigration> migrations(Session session) {
        return !ledger(session)
                ? List.of()
                : session.query("SELECT version, path, checksum FROM lockkeeper.migration").stream()
                        .map(row -> new AppliedMigration(row.getString("version"), row.getString("path"),
                                row.getString("checksum")))
                        .toList();
    }

    private record Snapshot(Session session, Catalog catalog, List<AppliedMigration> migrations,
            List<Plan> underWay, Set<String> allowed, boolean fresh, Optional<String> actor)
            implements
                TargetSnapshot {

        /** A developer's or a test's data is small; a session that is not ours belongs to somebody. */
        private static final long LARGE_BYTES = 100L * 1024 * 1024;

        @Override
        public List<String> signsOfUse() {
            List<String> signs = new ArrayList<>();
            session.query("""
                    SELECT DISTINCT coalesce(nullif(application_name, ''), 'without a name') AS name
                    FROM pg_stat_activity
                    WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid()
                      AND application_name NOT LIKE 'lockkeeper/%' ORDER BY 1
                    """).forEach(row -> signs.add("a session of application " + row.getString("name")));
            catalog.relations().values().stream().filter(relation -> relation.bytes() > LARGE_BYTES)
                    .forEach(relation -> signs.add(relation.name() + " with " + relation.bytes() + " bytes"));
            return signs;
        }

        @Override
        public Optional<String> noStream() {
            Row row = session.query("""
                    SELECT current_setting('wal_level') AS wal_level, NOT EXISTS (SELECT FROM pg_roles
                      WHERE rolname = $1::text AND NOT has_database_privilege(oid, current_database(), 'CREATE')) AS may
                    """, actor.orElse(null)).get(0);
            if (!row.getString("wal_level").equals("logical")) {
                return Optional.of("wal_level is " + row.getString("wal_level")
                        + ": tables are polled; set wal_level = logical for a faster alarm");
            }
            return row.getBoolean("may")
                    ? Optional.empty()
                    : Optional.of(actor.orElseThrow() + " may not create a publication: tables are polled; GRANT CREATE"
                            + " ON DATABASE to " + actor.orElseThrow() + " for a faster alarm");
        }

        @Override
        public List<Foreign> foreign() {
            return session.query("""
                    SELECT n.nspname::text AS schema, c.relname::text AS name, o.rolname::text AS owner
                    FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                    JOIN pg_roles o ON o.oid = c.relowner
                    WHERE r.rolname = $1::text AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ $2::text
                      AND NOT pg_has_role(r.oid, c.relowner, 'USAGE') ORDER BY 1, 2
                    """, actor.orElse(null), CatalogReader.SYSTEM).stream()
                    .map(row -> new Foreign(RelationName.of(row.getString("schema"), row.getString("name")),
                            row.getString("owner"), actor.orElseThrow()))
                    .toList();
        }

        @Override
        public String fingerprint(RelationName relation) {
            try {
                return session.query(LedgerSchema.FINGERPRINT, relation.schema(), relation.name()).get(0)
                        .getString("fingerprint");
            } catch (SqlFailure e) {
                throw new TargetUnreachable("the fingerprint of " + relation + " cannot be read: " + e.getMessage(), e);
            }
        }

        @Override
        public List<SchemaObject> schema() {
            try {
                return session.query(SqlResource.SCHEMA_SCRIPT).stream()
                        .map(row -> new SchemaObject(row.getString("what"), Optional.ofNullable(row.getString("sql")),
                                row.getBoolean("over")))
                        .toList();
            } catch (SqlFailure e) {
                throw new TargetUnreachable("the schema cannot be read: " + e.getMessage(), e);
            }
        }

        @Override
        public Sample sample(Collection<RelationName> tables, int wanted, Catalog after) {
            try {
                return new RowSampler(session, catalog, after, wanted).sample(tables);
            } catch (SqlFailure e) {
                // Its message could quote a value.
                throw new TargetUnreachable("no rows could be sampled (SQLSTATE " + e.sqlState()
                        + "): rehearse without rows, or with fewer", e);
            }
        }

        @Override
        public Surroundings surroundings() {
            try {
                return new SurroundingsReader(session).read();
            } catch (SqlFailure e) {
                throw new TargetUnreachable("statistics cannot be read: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() {
            session.close();
        }
    }
}
