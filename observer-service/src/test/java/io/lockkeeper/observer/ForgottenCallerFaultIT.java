package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.testbed.TestDatabase;

/** Somebody still uses the column that is to go; the release knows no session of theirs. */
@ExtendWith(WatchingParameter.class)
class ForgottenCallerFaultIT {

    private final Watching watching;
    private final TestDatabase database;

    ForgottenCallerFaultIT(Watching watching) {
        this.watching = watching;
        this.database = watching.release.database();
    }

    @BeforeEach
    void claim() throws SQLException {
        database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", "SELECT total FROM orders WHERE id = 1");
        watching.release.claim(false, List.of(),
                Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.PARITY, EvidenceKind.CALLERS),
                List.of(new Watch.Retired(TestRelease.ORDERS, List.of("total"))));
        // The release's own function names both columns; in a real one it stands in a schema of Lockkeeper's.
        database.execute("ALTER FUNCTION sync() SET SCHEMA lockkeeper_sync");
        watching.arm();
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

    private void callUntil(String sql, Predicate<Verdict> seen) throws SQLException {
        long until = System.nanoTime() + Watching.PATIENCE.toNanos();
        while (System.nanoTime() < until && watching.heard.last(Gate.CONTRACT, 1).filter(seen).isEmpty()) {
            database.execute(sql);
        }
        assertThat(watching.heard.verdicts(Gate.CONTRACT, 1)).anyMatch(seen)
                .noneMatch(verdict -> verdict.decision() == Decision.GO);
    }
}
