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
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.testbed.TestDatabase;

/** Somebody still calls the routine that is to go. */
@ExtendWith(WatchingParameter.class)
class RoutineCallerFaultIT {

    private final Watching watching;
    private final TestDatabase database;

    RoutineCallerFaultIT(Watching watching) {
        this.watching = watching;
        this.database = watching.release.database();
    }

    @BeforeEach
    void claim() throws SQLException {
        database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", "CREATE SCHEMA app", """
                CREATE FUNCTION app.submit_case(p_payload jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
                BEGIN RETURN CASE WHEN p_payload = '[]' THEN app.submit_case('{}') ELSE 1 END; END $$""", """
                CREATE FUNCTION app.submit_case(p_payload jsonb, p_key text) RETURNS bigint LANGUAGE plpgsql
                AS $$ BEGIN RETURN 2; END $$""", "SELECT app.submit_case('[]')");
        watching.release.claim(false, TestWatch
                .of(Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.PARITY, EvidenceKind.CALLERS))
                .routines(List.of(new Watch.RetiredRoutine(RelationName.of("app", "submit_case"), List.of("jsonb")))));
        watching.arm();
    }

    @Test
    void withoutCallersTheSoakEndsInGoAlthoughTheRoutineCallsItselfAndAnotherOfItsNameIsCalled() throws SQLException {
        watching.release.open(Gate.CONTRACT, 1);
        database.execute("SELECT app.submit_case('{}', 'key')");

        Verdict go = watching.awaitDecision(Gate.CONTRACT, Decision.GO);

        assertThat(go).matches(says("statements", Status.PASSED, "0 calls since"))
                .matches(says("routines", Status.PASSED, "none"))
                .matches(says("views, policies and triggers", Status.PASSED, "none"));
    }

    @Test
    void callRestartsTheSoakAndIsNamedByCounterAndStatement() throws SQLException {
        watching.release.open(Gate.CONTRACT, 1);

        callUntil("SELECT app.submit_case('{}')", says("statements", Status.UNKNOWN, "of app.submit_case(jsonb)")
                .and(says("statements", Status.UNKNOWN, "by query id and role")));

        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    /** Its statement does not name the routine: the counter alone sees it. */
    @Test
    void callByANamePutTogetherAtRunTimeIsCounted() throws SQLException {
        watching.release.open(Gate.CONTRACT, 1);

        callUntil("DO $$ BEGIN EXECUTE 'SELECT app.submit' || '_case(''{}'')'; END $$",
                says("statements", Status.UNKNOWN, "of app.submit_case(jsonb)"));

        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    @Test
    void callWhileTheObserverWasAwayIsCounted() throws SQLException {
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
        watching.stopObserver();
        database.execute("DO $$ BEGIN EXECUTE 'SELECT app.submit' || '_case(''{}'')'; END $$");
        watching.observe();

        watching.awaitVerdict(Gate.CONTRACT,
                says("statements", Status.UNKNOWN, "1 call on primary, calls of app.submit_case(jsonb)"));
    }

    @Test
    void viewIsACaller() throws SQLException {
        database.execute("CREATE VIEW app.submitted AS SELECT app.submit_case('{}') AS id");
        watching.release.open(Gate.CONTRACT, 1);

        watching.awaitVerdict(Gate.CONTRACT,
                says("views, policies and triggers", Status.FAILED, "view app.submitted"));
        watching.neverGo(Gate.CONTRACT);
    }

    @Test
    void columnDefaultIsACaller() throws SQLException {
        database.execute("CREATE TABLE app.inbox (id bigint DEFAULT app.submit_case('{}'))");
        watching.release.open(Gate.CONTRACT, 1);

        watching.awaitVerdict(Gate.CONTRACT,
                says("views, policies and triggers", Status.FAILED, "default value for column id"));
        watching.neverGo(Gate.CONTRACT);
    }

    @Test
    void bodyOfAnotherRoutineIsACallerUntilItIsReplaced() throws SQLException {
        database.execute("""
                CREATE PROCEDURE app.nightly() LANGUAGE plpgsql AS $$
                DECLARE id bigint; BEGIN id := app.submit_case('{}'::jsonb); END $$""");
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitVerdict(Gate.CONTRACT, says("routines", Status.FAILED, "app.nightly()"));
        watching.neverGo(Gate.CONTRACT);

        database.execute("CREATE OR REPLACE PROCEDURE app.nightly() LANGUAGE plpgsql AS $$ DECLARE id bigint;"
                + " BEGIN id := app.submit_case('{}'::jsonb, 'nightly'); END $$");
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    @Test
    void scheduledJobIsACallerUntilItIsUnscheduled() throws SQLException {
        // As pg_cron has it.
        database.execute("CREATE SCHEMA cron", """
                CREATE TABLE cron.job (jobid bigint PRIMARY KEY, schedule text, command text, active boolean DEFAULT true)
                """, "INSERT INTO cron.job VALUES (7, '0 3 * * *', 'SELECT app.submit_case(''{}'')')");
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitVerdict(Gate.CONTRACT, says("scheduled jobs", Status.FAILED, "job 7"));
        watching.neverGo(Gate.CONTRACT);

        database.execute("UPDATE cron.job SET active = false");
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    private void callUntil(String sql, Predicate<Verdict> seen) throws SQLException {
        long until = System.nanoTime() + Watching.PATIENCE.toNanos();
        try (Connection application = watching.release.connectAs("shop/1");
                var statement = application.createStatement()) {
            while (System.nanoTime() < until && watching.heard.last(Gate.CONTRACT, 1).filter(seen).isEmpty()) {
                statement.execute(sql);
            }
        }
        assertThat(watching.heard.verdicts(Gate.CONTRACT, 1)).anyMatch(seen)
                .noneMatch(verdict -> verdict.decision() == Decision.GO);
    }
}
