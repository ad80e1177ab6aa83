package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
import io.lockkeeper.messages.Gauge;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** In quarantine somebody's statements fail, and the server's log says whose. */
class TripwireFaultIT {

    private static Vertx vertx;
    private static TestPostgres server;

    @TempDir
    Path home;

    private Watching watching;
    private TestDatabase database;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        server = TestPostgres
                .launch(Map.of("logging_collector", "on", "log_destination", "jsonlog", "log_rotation_size",
                        "0"));
    }

    @AfterAll
    static void stop() {
        server.close();
        vertx.close();
    }

    @BeforeEach
    void quarantine() throws SQLException {
        watching = new Watching(vertx, server, home);
        database = watching.release.database();
    }

    @AfterEach
    void close() {
        watching.close();
    }

    private void armAndQuarantine() throws SQLException {
        watching.release.claim(false, List.of(),
                Watching.asking(Gate.FINALIZE, EvidenceKind.OBSERVATION, EvidenceKind.CALLERS),
                List.of(new Watch.Retired(TestRelease.ORDERS, List.of("total"))));
        database.execute("ALTER FUNCTION sync() SET SCHEMA lockkeeper_sync");
        watching.arm();
        database.execute("DROP TRIGGER zzzz_sync ON orders",
                "ALTER TABLE orders RENAME COLUMN total TO total__lk_0123456789abcdef");
        watching.release.open(Gate.FINALIZE, 1);
    }

    @Test
    void forgottenCallerIsNamedByApplicationAndRole() throws SQLException {
        armAndQuarantine();
        assertThat(watching.awaitDecision(Gate.FINALIZE, Decision.GO))
                .matches(says("tripwire", Status.PASSED, "0 failures, log read since"));

        fail("shop/1", "SELECT o.total FROM orders o WHERE id = 7");

        Verdict noGo = watching.awaitDecision(Gate.FINALIZE, Decision.NO_GO);
        assertThat(noGo).matches(says("tripwire", Status.FAILED, "shop/1 as " + database.user() + ", SQLSTATE 42703"));
        assertThat(noGo.evidence()).noneMatch(item -> item.measure().contains("SELECT"));
        watching.awaitDecision(Gate.FINALIZE, Decision.GO);
    }

    @Test
    void callerWithinARoutineIsSeenAndAnotherMissingNameIsNot() throws SQLException {
        database.execute("CREATE FUNCTION sum_of(n bigint) RETURNS numeric LANGUAGE plpgsql SET search_path = public AS"
                + " $$ BEGIN EXECUTE 'SELECT ' || 'tot' || 'al FROM or' || 'ders'; RETURN 0; END $$");
        armAndQuarantine();
        watching.awaitDecision(Gate.FINALIZE, Decision.GO);

        fail("shop/2", "SELECT totl FROM orders");
        fail("shop/2", "SELECT total FROM (SELECT 1 AS other) AS elsewhere");
        fail("report", "SELECT sum_of(1)");

        assertThat(watching.awaitDecision(Gate.FINALIZE, Decision.NO_GO))
                .matches(says("tripwire", Status.FAILED, "1 failure, last at"))
                .matches(says("tripwire", Status.FAILED, ": report as"));
    }

    @Test
    void failureWhileTheObserverWasAwayIsRead() throws SQLException {
        armAndQuarantine();
        watching.awaitDecision(Gate.FINALIZE, Decision.GO);
        watching.stopObserver();
        fail("shop/1", "UPDATE orders SET total = 1 WHERE id = 1");
        watching.observe();

        watching.awaitVerdict(Gate.FINALIZE, says("tripwire", Status.FAILED, "1 failure"));
    }

    @Test
    void eventsOfTheLogAreCountedAgainstTheirLimitAlsoOverARestart() throws SQLException {
        Gauge duplicates = new Gauge("duplicate keys", "23505", new Gauge.Limits(Optional.empty(),
                Optional.of(BigDecimal.ONE), Optional.empty(), Optional.empty()), Severity.P1, Duration.ofSeconds(1),
                Optional.empty(), Optional.empty(), Optional.empty(), Gauge.Language.LOG);
        watching.release.claim(false, TestWatch.of(
                Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.INVARIANTS))
                .gauges(List.of(duplicates)));
        watching.arm();
        watching.release.open(Gate.CONTRACT, 1);
        insertDuplicate();
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);

        insertDuplicate();
        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says("duplicate keys", Status.FAILED, "2; before the run 0"));
        watching.stopObserver();
        insertDuplicate();
        watching.observe();
        watching.awaitVerdict(Gate.CONTRACT, says("duplicate keys", Status.FAILED, "3; before the run 0"));
    }

    private void insertDuplicate() {
        assertThatExceptionOfType(SQLException.class)
                .isThrownBy(() -> database.execute("INSERT INTO orders VALUES (1, 'twice', 1)"))
                .matches(failure -> failure.getSQLState().equals("23505"));
    }

    @Test
    void logThatMayNotBeReadIsSaidWithItsGrant() throws SQLException {
        watching.stopObserver();
        watching.release.restrict();
        watching.observe();
        armAndQuarantine();

        assertThat(watching.awaitDecision(Gate.FINALIZE, Decision.GO)).matches(
                says("tripwire", Status.UNKNOWN, "GRANT EXECUTE ON FUNCTION pg_read_binary_file"));

        watching.stopObserver();
        database.execute("GRANT EXECUTE ON FUNCTION pg_read_binary_file(text, bigint, bigint, boolean) TO observer_"
                + database.name());
        watching.observe();
        watching.awaitVerdict(Gate.FINALIZE, says("tripwire", Status.PASSED, "log read since"));
    }

    private void fail(String application, String sql) throws SQLException {
        try (Connection connection = watching.release.connectAs(application);
                var statement = connection.createStatement()) {
            assertThatThrownBy(() -> statement.execute(sql)).isInstanceOf(SQLException.class);
        }
    }
}
