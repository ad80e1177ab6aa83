package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.AlertEvent.AlertRaised;
import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Invariant;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.testbed.TestDatabase;

/** The database fares worse than before the run, or nobody can say how it fares. */
@ExtendWith(WatchingParameter.class)
class HealthFaultIT {

    private final Watching watching;
    private final TestDatabase database;

    HealthFaultIT(Watching watching) {
        this.watching = watching;
        this.database = watching.release.database();
    }

    private void arm(Gate gate) throws SQLException {
        watching.release.claim(false, List.of(),
                Watching.asking(gate, EvidenceKind.OBSERVATION, EvidenceKind.HEALTH));
        watching.arm();
    }

    @Test
    void lockStormIsNoGo() throws SQLException {
        arm(Gate.CONTRACT);
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
        ExecutorService application = Executors.newFixedThreadPool(8);
        try (Connection holder = watching.release.connectAs("shop/2")) {
            holder.setAutoCommit(false);
            holder.createStatement().execute("UPDATE orders SET status = 'held' WHERE id = 1");
            for (int session = 0; session < 8; session++) {
                application.submit(() -> {
                    database.execute("UPDATE orders SET status = 'late' WHERE id = 1");
                    return null;
                });
            }
            Verdict noGo = watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO);
            assertThat(noGo).matches(says("lock waits", Status.FAILED, "sessions waiting at once"));
            holder.rollback();
        } finally {
            application.shutdown();
        }
    }

    @Test
    void minuteInWhichNobodyLookedKeepsTheGateClosed() throws SQLException {
        arm(Gate.CONTRACT);
        watching.stopObserver();
        watching.release.open(Gate.CONTRACT, 1);
        minuteAgo(Gate.CONTRACT);
        watching.observe();

        watching.awaitVerdict(Gate.CONTRACT, says("watch", Status.UNKNOWN, "watched without a break"));
        watching.neverGo(Gate.CONTRACT);
    }

    @Test
    void watchAfterTheContractBeginsAnewWhereNobodyLooked() throws SQLException {
        arm(Gate.WATCHED);
        watching.stopObserver();
        watching.release.open(Gate.WATCHED, 1);
        minuteAgo(Gate.WATCHED);
        Instant back = Instant.now();
        watching.observe();

        Verdict go = watching.awaitDecision(Gate.WATCHED, Decision.GO);

        assertThat(go.at()).isAfter(back.plus(watching.release.plan().watch().profile().watch()));
    }

    @Test
    void violationInTheWatchAfterTheContractIsNoGoAndTheWatchBeginsAnew() throws SQLException {
        Invariant invariant = new Invariant("no-negative-total", "SELECT id FROM orders WHERE total < 0", Severity.P1,
                Duration.ofSeconds(5), Optional.empty(), Optional.empty());
        watching.release.claim(false, List.of(invariant), Watching.asking(Gate.WATCHED, EvidenceKind.OBSERVATION,
                EvidenceKind.INVARIANTS, EvidenceKind.HEALTH));
        watching.arm();
        watching.release.open(Gate.WATCHED, 1);
        database.execute("UPDATE orders SET total = -1 WHERE id = 1");
        watching.awaitDecision(Gate.WATCHED, Decision.NO_GO);
        await().atMost(Watching.PATIENCE).untilAsserted(() -> assertThat(watching.heard.alerts())
                .filteredOn(AlertRaised.class::isInstance).extracting(AlertRaised.class::cast)
                .anySatisfy(alert -> assertThat(alert.nextAction())
                        .contains("Fix forward: repair what no-negative-total finds", "The watch begins anew")));

        Instant repaired = Instant.now();
        database.execute("UPDATE orders SET total = 1 WHERE id = 1");

        assertThat(watching.awaitDecision(Gate.WATCHED, Decision.GO).at())
                .isAfter(repaired.plus(watching.release.plan().watch().profile().watch()));
        assertThat(watching.heard.verdicts(Gate.WATCHED, 1))
                .filteredOn(verdict -> verdict.decision() == Decision.GO)
                .allSatisfy(verdict -> assertThat(verdict.at()).isAfter(repaired));
    }

    private void minuteAgo(Gate gate) throws SQLException {
        database.execute("UPDATE lockkeeper.gate SET opened_at = opened_at - interval '1 minute' WHERE gate = '"
                + gate.wireName() + "'");
    }

    @Test
    void resetStatisticsAreInconclusive() throws SQLException {
        arm(Gate.CONTRACT);
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);

        database.execute("SELECT pg_stat_reset()");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.INCONCLUSIVE))
                .matches(says("rollbacks", Status.UNKNOWN, "statistics were reset"));
    }

    @Test
    void slowerStatementAndRoutineAreInconclusiveByName() throws Exception {
        database.execute("CREATE EXTENSION pg_stat_statements",
                "CREATE FUNCTION price(n bigint) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN n; END'",
                "ALTER DATABASE " + database.name() + " SET track_functions = 'all'");
        EvidenceProfile profile = Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.HEALTH);
        watching.release.claim(false, List.of(), new EvidenceProfile("test", Duration.ofMillis(200), 1, Duration.ZERO,
                Duration.ZERO, Duration.ZERO, Duration.ofSeconds(30), Duration.ofSeconds(30), 0, profile.requires(),
                Duration.ofSeconds(1)));
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService application = Executors.newFixedThreadPool(1);
        try {
            List<Throwable> failures = new ArrayList<>();
            application.submit(() -> load(done, failures));
            watching.arm();
            assertThat(watching.heard.last(Gate.ARMED, 1).orElseThrow())
                    .matches(says("target", Status.PASSED, "statement"));

            database.execute("CREATE OR REPLACE FUNCTION price(n bigint) RETURNS bigint LANGUAGE plpgsql AS"
                    + " 'BEGIN PERFORM pg_sleep(0.005); RETURN n; END'");
            watching.release.open(Gate.CONTRACT, 1);

            watching.awaitVerdict(Gate.CONTRACT, says("statement time", Status.FAILED, "slower: query id")
                    .and(says("statement time", Status.FAILED, "; routine public.price(bigint), median")));
            assertThat(watching.heard.verdicts(Gate.CONTRACT, 1))
                    .noneMatch(verdict -> verdict.decision() == Decision.GO);
            assertThat(failures).isEmpty();
        } finally {
            done.set(true);
            application.shutdown();
        }
    }

    @Test
    void profileThatTimesNoStatementsSaysSoInItsGo() throws SQLException {
        arm(Gate.CONTRACT);
        watching.release.open(Gate.CONTRACT, 1);

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.GO))
                .matches(says("statement time", Status.UNKNOWN, "one that became slower is not seen"));
    }

    /** Session by session: one that stays tells of its calls of routines once a second. */
    private void load(AtomicBoolean done, List<Throwable> failures) {
        while (!done.get() && failures.isEmpty()) {
            try (Connection connection = watching.release.connectAs("shop/2");
                    var statement = connection.prepareStatement("SELECT price(id) FROM orders WHERE id = ?")) {
                for (int call = 0; call < 10; call++) {
                    statement.setLong(1, 7);
                    statement.execute();
                }
            } catch (SQLException e) {
                failures.add(e);
            }
        }
    }
}
