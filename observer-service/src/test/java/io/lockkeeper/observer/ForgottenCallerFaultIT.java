package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** Somebody still uses the column that is to go; the release knows no session of theirs. */
class ForgottenCallerFaultIT {

    private static Vertx vertx;

    @TempDir
    Path home;

    private Watching watching;
    private TestDatabase database;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close();
    }

    @BeforeEach
    void claim() throws SQLException {
        watching = new Watching(vertx, TestPostgres.shared(), home);
        database = watching.release.database();
        database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", "SELECT total FROM orders WHERE id = 1");
        watching.release.claim(false, List.of(),
                Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.PARITY, EvidenceKind.CALLERS),
                List.of(new Watch.Retired(TestRelease.ORDERS, List.of("total"))));
        // The release's own function names both columns; in a real one it stands in a schema of Lockkeeper's.
        database.execute("ALTER FUNCTION sync() SET SCHEMA lockkeeper_sync");
        watching.arm();
    }

    @AfterEach
    void close() {
        watching.close();
    }

    @Test
    void withoutCallersTheSoakEndsInGoAlthoughTheCompareNamesTheColumn() throws SQLException {
        watching.release.open(Gate.CONTRACT, 1);

        Verdict go = watching.awaitDecision(Gate.CONTRACT, Decision.GO);

        assertThat(go).matches(says("statements", Status.PASSED, "0 calls since"))
                .matches(says("routines", Status.PASSED, "none"));
    }

    @Test
    void statementRestartsTheSoak() throws SQLException {
        watching.release.open(Gate.CONTRACT, 1);
        callUntil("SELECT max(o.total) FROM orders AS o",
                says("statements", Status.UNKNOWN, "by query id and role"));

        Verdict go = watching.awaitDecision(Gate.CONTRACT, Decision.GO);

        assertThat(go).matches(says("statements", Status.PASSED, "call on primary by query id and role")
                .or(says("statements", Status.PASSED, "calls on primary by query id and role")));
    }

    @Test
    void statementIsToldWithTheVersionThatRanIt() throws SQLException {
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
        try (Connection report = watching.release.connectAs("report/7"); var statement = report.createStatement()) {
            statement.execute("SELECT min(total) FROM orders");

            watching.awaitVerdict(Gate.CONTRACT, says("statements", Status.UNKNOWN, "run by report/7"));
        }
    }

    @Test
    void preparedStatementIsACaller() throws SQLException {
        watching.release.open(Gate.CONTRACT, 1);
        try (Connection application = watching.release.connectAs("shop/2");
                var statement = application.createStatement()) {
            statement.execute("PREPARE forgotten AS SELECT total FROM orders WHERE id = $1");
            long until = System.nanoTime() + Watching.PATIENCE.toNanos();
            while (System.nanoTime() < until && watching.heard.last(Gate.CONTRACT, 1)
                    .filter(says("statements", Status.UNKNOWN, "by query id and role")).isEmpty()) {
                statement.execute("EXECUTE forgotten (1)");
            }
        }
        assertThat(watching.heard.verdicts(Gate.CONTRACT, 1))
                .noneMatch(verdict -> verdict.decision() == Decision.GO);
    }

    @Test
    void viewIsACaller() throws SQLException {
        database.execute("CREATE VIEW totals AS SELECT id, total FROM orders");
        watching.release.open(Gate.CONTRACT, 1);

        watching.awaitVerdict(Gate.CONTRACT, says("views, policies and triggers", Status.FAILED, "view public.totals"));
        watching.neverGo(Gate.CONTRACT);

        database.execute("DROP VIEW totals");
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    @Test
    void functionBodyIsACaller() throws SQLException {
        database.execute("""
                CREATE FUNCTION revenue() RETURNS numeric LANGUAGE plpgsql SET search_path = public AS $$
                DECLARE sum numeric;
                BEGIN SELECT sum(o.total) INTO sum FROM orders o; RETURN sum; END $$""", "SELECT revenue()");
        watching.release.open(Gate.CONTRACT, 1);

        watching.awaitVerdict(Gate.CONTRACT, says("routines", Status.FAILED, "public.revenue()"));
        watching.neverGo(Gate.CONTRACT);

        database.execute("CREATE OR REPLACE FUNCTION revenue() RETURNS numeric LANGUAGE sql AS 'SELECT 0::numeric'");
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    @Test
    void policyIsACaller() throws SQLException {
        database.execute("CREATE POLICY cheap ON orders USING (total < 10)");
        watching.release.open(Gate.CONTRACT, 1);

        watching.awaitVerdict(Gate.CONTRACT, says("views, policies and triggers", Status.FAILED, "policy cheap"));
        watching.neverGo(Gate.CONTRACT);
    }

    @Test
    void forgottenStatisticsRestartTheSoak() throws SQLException {
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);

        database.execute("SELECT pg_stat_statements_reset()");

        watching.awaitVerdict(Gate.CONTRACT, says("statements", Status.UNKNOWN, "reset or evicted"));
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    @Test
    void callWhileTheObserverWasAwayIsCounted() throws SQLException {
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
        watching.stopObserver();
        database.execute("SELECT avg(total) FROM orders");
        watching.observe();

        watching.awaitVerdict(Gate.CONTRACT, says("statements", Status.UNKNOWN, "1 call on primary"));
    }

    @Test
    void callerOnAReplicaAloneIsSeenThere() throws Exception {
        watching.close();
        try (TestPostgres reader = TestPostgres.launch(Map.of());
                TestDatabase replica = reader.createDatabase("replica")) {
            replica.execute("CREATE EXTENSION pg_stat_statements", "CREATE TABLE orders (id bigint, total numeric)");
            watchWith(replica);
            claim(watching, EvidenceKind.CALLERS);
            watching.release.open(Gate.CONTRACT, 1);
            watching.awaitVerdict(Gate.CONTRACT, says("statements", Status.PASSED, "0 calls since"));

            replica.execute("SELECT total FROM orders");

            watching.awaitVerdict(Gate.CONTRACT, says("statements", Status.UNKNOWN, "1 call on " + replica.host()));
            watching.stopObserver();
        }
    }

    @Test
    void oldVersionOnAReplicaAloneKeepsTheGateClosedAndSoDoesAReplicaThatIsAway() throws Exception {
        watching.close();
        try (TestPostgres reader = TestPostgres.launch(Map.of());
                TestDatabase replica = reader.createDatabase("replica")) {
            watchWith(replica);
            claim(watching, EvidenceKind.OLD_SESSIONS);
            try (Connection old = replica.connect()) {
                old.setClientInfo("ApplicationName", "shop/1");
                watching.release.open(Gate.CONTRACT, 1);
                watching.awaitVerdict(Gate.CONTRACT, says("shop 1", Status.UNKNOWN, "1 session of the old version"));
            }
            watching.awaitDecision(Gate.CONTRACT, Decision.GO);

            reader.stop();
            watching.awaitVerdict(Gate.CONTRACT, says("shop 1", Status.UNKNOWN, "cannot be reached"));
            watching.stopObserver();
            reader.start();
        }
    }

    /** The release's target names a replica: another server with the observer's role, which is all that it needs here. */
    private void watchWith(TestDatabase replica) throws Exception {
        watching = new Watching(vertx, TestPostgres.shared(), home);
        watching.stopObserver();
        database = watching.release.database();
        watching.release.restrict();
        replica.execute("CREATE ROLE observer_" + database.name() + " LOGIN PASSWORD '" + database.password()
                + "' IN ROLE pg_monitor");
        Files.writeString(home.resolve("targets").resolve(TestRelease.TARGET + ".yaml"),
                "replicas: [\"postgresql://%s:%d/%s?sslmode=disable\"]\n".formatted(replica.host(), replica.port(),
                        replica.name()),
                StandardOpenOption.APPEND);
        watching.observe();
    }

    private void claim(Watching fresh, EvidenceKind kind) throws SQLException {
        fresh.release.claim(false, List.of(), Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, kind),
                List.of(new Watch.Retired(TestRelease.ORDERS, List.of("total"))));
        fresh.arm();
    }

    private void callUntil(String sql, Predicate<Verdict> seen) throws SQLException {
        long until = System.nanoTime() + Watching.PATIENCE.toNanos();
        while (System.nanoTime() < until && watching.heard.last(Gate.CONTRACT, 1).filter(seen).isEmpty()) {
            database.execute(sql);
        }
        assertThat(watching.heard.verdicts(Gate.CONTRACT, 1)).anyMatch(seen)
                .noneMatch(verdict -> verdict.decision() == Decision.GO);
    }
}
