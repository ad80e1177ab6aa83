package io.lockkeeper.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.target.LedgerSchema;

/** A table in two shapes, and a run in the ledger whose gates the bench opens as an executor would. */
record WatchedRun(String database, Plan plan) {

    static final String TARGET = "shop";

    private static final String RUN = "0123456789ab";
    private static final RelationName ORDERS = RelationName.of("public", "orders");
    private static final String STREAM = "lockkeeper_bench";

    static WatchedRun prepare(Server server, String database, int rows, Path home) throws SQLException, IOException {
        server.execute("postgres", "DROP DATABASE IF EXISTS " + database, "CREATE DATABASE " + database);
        server.execute(database, "CREATE TABLE orders (id bigint PRIMARY KEY, total bigint, total_new bigint)",
                "INSERT INTO orders SELECT n, n, n FROM generate_series(1, " + rows + ") AS n", """
                        CREATE FUNCTION sync() RETURNS trigger LANGUAGE plpgsql AS $$
                        BEGIN NEW.total_new := NEW.total; RETURN NEW; END $$""",
                "CREATE TRIGGER zzzz_sync BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION sync()",
                "VACUUM (FREEZE, ANALYZE) orders", "CREATE EXTENSION pg_stat_statements",
                "CREATE PUBLICATION " + STREAM + " FOR TABLE orders (id)",
                LedgerSchema.DDL);
        Path targets = Files.createDirectories(home.resolve("targets"));
        Files.writeString(home.resolve("password"), server.password());
        Files.writeString(targets.resolve(TARGET + ".yaml"), """
                url: postgresql://%s:%d/%s?sslmode=disable
                credentials: { default: { user: %s, password: "file:%s" } }
                """.formatted(server.host(), server.port(), database, server.user(), home.resolve("password")));
        WatchedRun run = new WatchedRun(database, watchedPlan());
        run.claim(server);
        return run;
    }

    private static Plan watchedPlan() {
        Watch.Stream stream = new Watch.Stream(STREAM, STREAM);
        EvidenceProfile profile = new EvidenceProfile("bench", Duration.ofSeconds(1), 1, Duration.ZERO, Duration.ZERO,
                Duration.ZERO, Duration.ofMinutes(1), Duration.ofMinutes(5), 0,
                Map.of(Gate.CONTRACT, List.of(EvidenceKind.PARITY)), Duration.ofMinutes(1));
        Watch watch = new Watch(Optional.of(stream), List.of(new Watch.WatchedRelation(ORDERS, List.of("id"), true)),
                List.of(new Watch.ParityPair("orders.total", ORDERS, List.of("id"),
                        "total IS DISTINCT FROM total_new", "zzzz_sync", List.of(Gate.CONTRACT))),
                List.of(), new Application("shop", Optional.empty(), "2", Optional.empty(), Optional.empty()), profile);
        Plan plan = new Plan(TARGET, "bench", 180000, "", Policy.DEFAULT, List.of(), List.of(),
                List.of(BenchPlan.step("010-drop", Phase.CONTRACT, new Action.Ddl(List.of()), List.of())), watch,
                List.of(), List.of());
        return plan.withHash(PlanHash.of(plan));
    }

    private void claim(Server server) throws SQLException, IOException {
        try (Connection connection = server.connect(database)) {
            update(connection, "INSERT INTO lockkeeper.plan (hash, release, body) VALUES (?, ?, ?)", plan.hash(),
                    plan.release(), MessageJson.mapper().writeValueAsString(plan));
            update(connection, "INSERT INTO lockkeeper.run (id, target, release, plan_hash, state)"
                    + " VALUES (?, ?, ?, ?, 'ARMING')", RUN, TARGET, plan.release(), plan.hash());
            update(connection, "INSERT INTO lockkeeper.step (run, id, ordinal, phase, gate, title, kind)"
                    + " VALUES (?, '010-drop', 0, 'contract', 'contract', 'Drop', 'ddl')", RUN);
        }
    }

    /** Arms the run and has its contract gate open and judged GO. */
    void arm(Server server, Observed observer) throws SQLException, InterruptedException {
        open(server, Gate.ARMED);
        observer.await(Decision.GO);
        server.execute(database, "UPDATE lockkeeper.gate SET state = 'PASSED', passed_at = now()");
        open(server, Gate.CONTRACT);
        observer.await(Decision.GO);
    }

    private void open(Server server, Gate gate) throws SQLException {
        try (Connection connection = server.connect(database)) {
            update(connection, """
                    INSERT INTO lockkeeper.gate (run, gate, attempt, state, plan_hash, marker)
                    VALUES (?, ?, 1, 'OPEN', ?, pg_logical_emit_message(true, 'lockkeeper.gate', ?))""", RUN,
                    gate.wireName(), plan.hash(),
                    "{\"run\":\"" + RUN + "\",\"gate\":\"" + gate.wireName() + "\",\"attempt\":1}");
        }
    }

    private static void update(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
