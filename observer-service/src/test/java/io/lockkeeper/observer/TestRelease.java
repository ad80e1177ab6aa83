package io.lockkeeper.observer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.postgresql.Driver;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.Invariant;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.target.LedgerSchema;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetRegistry;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/**
 * A database with a table in two shapes and a ledger that the test writes as an executor would: {@code orders.total} with
 * its shadow {@code total_new}, kept equal by a trigger.
 */
final class TestRelease implements AutoCloseable {

    static final String TARGET = "shop";
    static final String RUN = "0123456789ab";
    static final RelationName ORDERS = RelationName.of("public", "orders");

    static {
        // DriverManager gives a class only drivers of its own class loader, and a Quarkus test of this JVM has another.
        if (!Driver.isRegistered()) {
            throw new IllegalStateException("the JDBC driver did not register itself");
        }
    }

    static final Duration SOAK = Duration.ofSeconds(2);
    private static final int COLUMN_LISTS = 150_000;

    private final TestDatabase database;
    private final Path home;
    private Plan plan;

    TestRelease(TestPostgres server, Path home) throws SQLException {
        this.database = server.createDatabase("observer");
        this.home = home;
        database.execute("""
                CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL, total numeric, total_new numeric)""",
                "INSERT INTO orders SELECT n, 'new', n, n FROM generate_series(1, 20000) AS n", """
                        CREATE FUNCTION sync() RETURNS trigger LANGUAGE plpgsql AS $$
                        BEGIN NEW.total_new := NEW.total; RETURN NEW; END $$""", """
                        CREATE TRIGGER zzzz_sync BEFORE INSERT OR UPDATE ON orders
                        FOR EACH ROW EXECUTE FUNCTION sync()""",
                "GRANT SELECT ON orders TO PUBLIC");
        writeTarget("{ default: { user: %s, password: \"file:%s\" } }".formatted(database.user(),
                home.resolve("password")));
        database.execute(LedgerSchema.DDL);
    }

    /** From now on the target's file names roles that may do what the observer needs, and no more. */
    void restrict() throws SQLException {
        String suffix = database.name();
        database.execute("CREATE ROLE observer_" + suffix + " LOGIN PASSWORD '" + database.password()
                + "' IN ROLE pg_monitor",
                "CREATE ROLE cdc_" + suffix + " LOGIN REPLICATION PASSWORD '"
                        + database.password() + "'",
                "REVOKE ALL ON orders FROM PUBLIC",
                "CREATE SCHEMA lockkeeper_observer AUTHORIZATION observer_" + suffix,
                "GRANT USAGE ON SCHEMA lockkeeper TO observer_" + suffix,
                "GRANT SELECT ON ALL TABLES IN SCHEMA lockkeeper TO observer_" + suffix,
                "GRANT SELECT ON orders TO observer_" + suffix + ", cdc_" + suffix);
        writeTarget(
                "{ observer: { user: observer_%s, password: \"file:%s\" }, cdc: { user: cdc_%s, password: \"file:%s\" } }"
                        .formatted(suffix, home.resolve("password"), suffix, home.resolve("password")));
    }

    private void writeTarget(String credentials) {
        try {
            Path targets = Files.createDirectories(home.resolve("targets"));
            Files.writeString(home.resolve("password"), database.password());
            Files.writeString(targets.resolve(TARGET + ".yaml"), """
                    url: postgresql://%s:%d/%s?sslmode=disable
                    credentials: %s
                    """.formatted(database.host(), database.port(), database.name(), credentials));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Target target() {
        return new TargetRegistry(home.resolve("targets")).find(TARGET).orElseThrow();
    }

    TestDatabase database() {
        return database;
    }

    Plan plan() {
        return plan;
    }

    /** Profile {@code demo}, with times for tests. */
    static EvidenceProfile profile(Map<Gate, List<EvidenceKind>> requires) {
        return new EvidenceProfile("demo", Duration.ofMillis(200), 2, SOAK,
                Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(4),
                Duration.ofSeconds(3), 0, requires);
    }

    /** Claims a run of a plan with this watch, as the executor does; the gate {@code armed} is not open yet. */
    void claim(boolean stream, List<Invariant> invariants, EvidenceProfile profile) throws SQLException {
        claim(stream, TestWatch.of(profile).invariants(invariants));
    }

    void claim(boolean stream, List<Invariant> invariants, EvidenceProfile profile, List<Watch.Retired> retired)
            throws SQLException {
        claim(stream, TestWatch.of(profile).invariants(invariants).retired(retired));
    }

    void claim(boolean stream, TestWatch stated) throws SQLException {
        Optional<Watch.Stream> streamed = stream
                ? Optional.of(new Watch.Stream(publication(), publication()))
                : Optional.empty();
        Watch watch = stated.with(streamed);
        List<Step> steps = new ArrayList<>();
        steps.add(step("010-index", Phase.EXPAND, Gate.ARMED, new Action.Ddl(List.of())));
        steps.add(step("020-quarantine", Phase.CONTRACT, Gate.CONTRACT, new Action.Ddl(List.of())));
        steps.add(step("030-drop", Phase.CONTRACT, Gate.FINALIZE, new Action.Ddl(List.of())));
        steps.add(step("040-conclude", Phase.CONTRACT, Gate.WATCHED, new Action.Conclude(streamed)));
        Plan unhashed = new Plan(TARGET, "shop-2", 180000, "", Policy.DEFAULT, List.of(), List.of(), steps, watch,
                List.of(), List.of());
        plan = unhashed.withHash(PlanHash.of(unhashed));
        try (Connection connection = database.connect()) {
            update(connection, "INSERT INTO lockkeeper.plan (hash, release, body) VALUES (?, ?, ?)", plan.hash(),
                    plan.release(), json(plan));
            update(connection, "INSERT INTO lockkeeper.run (id, target, release, plan_hash, state) VALUES (?, ?, ?, ?,"
                    + " 'ARMING')", RUN, TARGET, plan.release(), plan.hash());
            int ordinal = 0;
            for (Step step : steps) {
                update(connection, "INSERT INTO lockkeeper.step (run, id, ordinal, phase, gate, title, kind)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)", RUN, step.id(), ordinal++,
                        step.phase().name().toLowerCase(Locale.ROOT),
                        step.gate().map(Gate::wireName).orElse(null), step.title(),
                        step.action() instanceof Action.Conclude ? "conclude" : "ddl");
            }
        }
    }

    /** As a plan does: its key alone, where no rule names more and the server knows column lists. */
    void publish() throws SQLException {
        boolean key = plan.watch().rowRules().isEmpty()
                && count("SELECT current_setting('server_version_num')") >= COLUMN_LISTS;
        database.execute("CREATE PUBLICATION " + publication() + " FOR TABLE orders" + (key ? " (id)" : ""));
    }

    /** Opens a gate attempt, with its marker in the WAL, as the executor does. */
    Lsn open(Gate gate, int attempt) throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            String marker = text(connection, """
                    INSERT INTO lockkeeper.gate (run, gate, attempt, state, plan_hash, marker)
                    VALUES (?, ?, ?, 'OPEN', ?, pg_logical_emit_message(true, 'lockkeeper.gate', ?))
                    RETURNING marker::text""", RUN, gate.wireName(), attempt, plan.hash(),
                    "{\"run\":\"" + RUN + "\",\"gate\":\"" + gate.wireName() + "\",\"attempt\":" + attempt + "}");
            connection.commit();
            return Lsn.parse(marker);
        }
    }

    /** A gate whose marker was never written: its LSN is known, its message does not come. */
    void openWithoutMessage(Gate gate, int attempt) throws SQLException {
        database.execute("INSERT INTO lockkeeper.gate (run, gate, attempt, state, plan_hash, marker) VALUES ('" + RUN
                + "', '" + gate.wireName() + "', " + attempt + ", 'OPEN', '" + plan.hash()
                + "', pg_current_wal_insert_lsn())");
    }

    void sayMarker(Gate gate, int attempt) throws SQLException {
        database.execute("SELECT pg_logical_emit_message(true, 'lockkeeper.gate', '{\"run\":\"" + RUN
                + "\",\"gate\":\"" + gate.wireName() + "\",\"attempt\":" + attempt + "}')");
    }

    /** Writes as something does that the trigger does not see. */
    void behindTheTrigger(String sql) throws SQLException {
        database.execute("SET session_replication_role = replica", sql);
    }

    Connection connectAs(String application) throws SQLException {
        Connection connection = database.connect();
        connection.setClientInfo("ApplicationName", application);
        return connection;
    }

    /** Also the slot's name; both are server-wide or process-wide somewhere. */
    String publication() {
        return "lockkeeper_" + Hash.sha256(database.name()).substring(0, 16);
    }

    long slots() throws SQLException {
        return count("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()");
    }

    /** Lets the open gate pass and its steps be done. */
    void pass(Gate gate) throws SQLException {
        database.execute("UPDATE lockkeeper.gate SET state = 'PASSED', passed_at = now() WHERE gate = '"
                + gate.wireName() + "' AND state = 'OPEN'",
                "UPDATE lockkeeper.step SET state = 'SUCCEEDED', finished_at = now() WHERE gate = '" + gate.wireName()
                        + "' AND kind <> 'conclude'");
    }

    long count(String sql) throws SQLException {
        return Long.parseLong(text(sql));
    }

    String text(String sql) throws SQLException {
        try (Connection connection = database.connect()) {
            return text(connection, sql);
        }
    }

    private static Step step(String id, Phase phase, Gate gate, Action action) {
        return new Step(id, phase, "Step " + id, Optional.of(gate), action, List.of(), Optional.empty(),
                Optional.empty(), gate == Gate.FINALIZE, Optional.empty(), Optional.empty());
    }

    private static void update(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private static String text(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    private static String json(Object value) {
        try {
            return MessageJson.mapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
