package io.lockkeeper.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.AlertEvent.AlertRaised;
import io.lockkeeper.messages.AlertEvent.AlertResolved;
import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.observer.config.Observations;
import io.lockkeeper.observer.observation.TargetObservation;
import io.lockkeeper.testbed.TestPostgres;

/** The change stream: its slot is made, followed, lost, given up and retired. */
@ExtendWith(WatchingParameter.class)
class StreamFaultIT {

    private static final EvidenceProfile PROFILE = Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION,
            EvidenceKind.PARITY);

    private final Watching watching;

    StreamFaultIT(Watching watching) {
        this.watching = watching;
    }

    private void arm() throws SQLException {
        watching.release.claim(true, List.of(), PROFILE);
        watching.arm();
    }

    @Test
    void streamNamesRowsThatChangedBehindTheTrigger() throws SQLException {
        arm();
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);

        watching.release.database().execute("UPDATE orders SET total = total * 2 WHERE id <= 500");
        watching.release.behindTheTrigger("UPDATE orders SET total = 1000000 WHERE id = 4711");

        Verdict noGo = watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO);
        assertThat(noGo.evidence()).anySatisfy(item -> assertThat(item.measure()).contains("4711"));
    }

    @Test
    void truncatedTableIsComparedAnew() throws SQLException {
        arm();
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);

        watching.release.database().execute("TRUNCATE orders", "INSERT INTO orders VALUES (1, 'new', 5)");

        await().atMost(Watching.PATIENCE).until(() -> watching.release.count("""
                SELECT coalesce(max((progress ->> 'rows')::bigint), -1) FROM lockkeeper_observer.compare""") == 1);
    }

    @Test
    void markerThatHasNotComeThroughTheStreamKeepsTheGateClosed() throws SQLException {
        arm();
        watching.release.openWithoutMessage(Gate.CONTRACT, 1);

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.INCONCLUSIVE).evidence())
                .anySatisfy(item -> assertThat(item.measure()).contains("marker has not come"));
        await().during(Duration.ofSeconds(2)).atMost(Watching.PATIENCE)
                .until(() -> watching.heard.verdicts(Gate.CONTRACT, 1).stream()
                        .noneMatch(verdict -> verdict.decision() == Decision.GO));

        watching.release.sayMarker(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    @Test
    void slotDroppedBySomebodyIsInconclusive() throws SQLException {
        arm();
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);

        watching.release.database().execute("""
                SELECT pg_terminate_backend(active_pid, 5000), pg_drop_replication_slot(slot_name)
                FROM pg_replication_slots WHERE slot_name = '%s'""".formatted(watching.release.publication()));

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.INCONCLUSIVE).evidence())
                .anySatisfy(item -> assertThat(item.measure()).contains("the stream is lost"));
        await().atMost(Watching.PATIENCE).until(() -> watching.heard.alerts().stream().anyMatch(
                alert -> alert instanceof AlertRaised raised && raised.name().equals("LockkeeperStreamLost")));
        await().during(Duration.ofSeconds(1)).atMost(Watching.PATIENCE)
                .until(() -> watching.heard.last(Gate.CONTRACT, 1).orElseThrow().decision() == Decision.INCONCLUSIVE);
        assertThat(watching.release.slots()).isZero();

        watching.release.database().execute("UPDATE lockkeeper.gate SET state = 'CLOSED' WHERE state = 'OPEN'");
        watching.release.open(Gate.CONTRACT, 2);

        assertThat(watching.awaitDecision(Gate.CONTRACT, 2, Decision.GO).evidence())
                .anySatisfy(item -> assertThat(item.measure()).contains("marker seen"));
        assertThat(watching.release.slots()).isOne();
        await().atMost(Watching.PATIENCE)
                .until(() -> watching.heard.alerts().stream().anyMatch(AlertResolved.class::isInstance));
    }

    @Test
    void slotIsRetiredWhenTheLastStepAsksForIt() throws SQLException {
        arm();
        watching.release.database().execute("UPDATE lockkeeper.step SET state = 'RUNNING' WHERE kind = 'conclude'");

        await().atMost(Watching.PATIENCE).until(() -> watching.release.slots() == 0);
        watching.release.database().execute("DROP PUBLICATION " + watching.release.publication(),
                "UPDATE lockkeeper.run SET state = 'COMPLETED'");
    }

    @Test
    void slotOfARunThatEndedWithoutUsIsReaped() throws SQLException {
        arm();
        watching.stopObserver();
        watching.release.database().execute("UPDATE lockkeeper.run SET state = 'ABORTED'");
        assertThat(watching.release.slots()).isOne();
        watching.observe();

        await().atMost(Watching.PATIENCE).until(() -> watching.release.slots() == 0);
    }

    @Test
    void unboundedSlotIsNotMade() throws SQLException {
        try (TestPostgres server = TestPostgres.launch(
                Map.of("wal_level", "logical", "max_slot_wal_keep_size", "-1"));
                TestRelease unbounded = new TestRelease(server, watching.home.resolve("unbounded"))) {
            HeardEvents said = new HeardEvents();
            unbounded.claim(true, List.of(), PROFILE);
            unbounded.publish();
            try (TargetObservation polling = Observations.of(watching.vertx, unbounded.target(), said,
                    Watching.SETTINGS,
                    Clock.systemUTC())) {
                polling.start();
                unbounded.open(Gate.ARMED, 1);
                await().atMost(Watching.PATIENCE).until(() -> said.last(Gate.ARMED, 1),
                        last -> last.filter(verdict -> verdict.decision() == Decision.GO).isPresent());
            }
            assertThat(said.last(Gate.ARMED, 1).orElseThrow().evidence())
                    .anySatisfy(item -> assertThat(item.measure()).contains("max_slot_wal_keep_size"));
            assertThat(unbounded.slots()).isZero();
        }
    }

    @Test
    void burstOfChangesIsComparedAgainToTheLastRow() throws SQLException {
        arm();
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);

        for (int round = 0; round < 3; round++) {
            watching.release.database().execute("UPDATE orders SET total = total + 1");
        }

        await().atMost(Watching.PATIENCE).until(() -> watching.heard.last(Gate.CONTRACT, 1),
                last -> last.orElseThrow().evidence()
                        .stream().anyMatch(item -> item.measure().startsWith("marker seen, 60000 row changes")));
        assertThat(watching.heard.last(Gate.CONTRACT, 1).orElseThrow().decision()).isEqualTo(Decision.GO);
    }

    @Test
    void slotThatRetainsTooMuchIsGivenUp() throws SQLException {
        watching.stopObserver();
        watching.observe(32L << 20);
        arm();
        try (Connection holding = watching.release.database().connect()) {
            holding.setAutoCommit(false);
            holding.createStatement().execute("SELECT pg_current_xact_id()");
            while (watching.release.slots() > 0) {
                watching.release.database().execute("UPDATE orders SET status = status || '.'");
            }
        }
        watching.release.open(Gate.CONTRACT, 1);

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.INCONCLUSIVE).evidence())
                .anySatisfy(item -> assertThat(item.measure()).contains("to spare the database"));
    }

    @Test
    void severalTargetsAreFollowedInOneProcess() throws SQLException {
        arm();
        try (TestPostgres server = TestPostgres.launch(Map.of());
                TestRelease second = new TestRelease(server, watching.home.resolve("second"))) {
            HeardEvents said = new HeardEvents();
            second.claim(true, List.of(), PROFILE);
            second.publish();
            try (TargetObservation other = Observations.of(watching.vertx, second.target(), said, Watching.SETTINGS,
                    Clock.systemUTC())) {
                other.start();
                second.open(Gate.ARMED, 1);
                await().atMost(Watching.PATIENCE).until(() -> said.last(Gate.ARMED, 1),
                        last -> last.filter(verdict -> verdict.decision() == Decision.GO).isPresent());
                second.pass(Gate.ARMED);
                second.open(Gate.CONTRACT, 1);
                watching.release.open(Gate.CONTRACT, 1);

                watching.awaitDecision(Gate.CONTRACT, Decision.GO);
                await().atMost(Watching.PATIENCE).until(() -> said.last(Gate.CONTRACT, 1),
                        last -> last.filter(verdict -> verdict.decision() == Decision.GO).isPresent());
            }
        }
    }

    @Test
    void readerThatTheServerEndsComesBack() throws SQLException {
        arm();
        watching.release.database().execute("""
                SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots
                WHERE slot_name = '%s'""".formatted(watching.release.publication()));
        watching.release.open(Gate.CONTRACT, 1);

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.GO).evidence())
                .anySatisfy(item -> assertThat(item.measure()).contains("marker seen"));
    }

    @Test
    void failoverIsInconclusiveUntilThePersonWhoOpensTheGateAgainHasEveryRowComparedAnew() throws Exception {
        try (TestPostgres server = TestPostgres.launch(Map.of("fsync", "on"));
                Watching moved = new Watching(watching.vertx, server, watching.home.resolve("moved"))) {
            moved.release.claim(true, List.of(), PROFILE);
            moved.arm();
            moved.release.open(Gate.CONTRACT, 1);
            moved.awaitDecision(Gate.CONTRACT, Decision.GO);
            Path data = Path.of(moved.release.text("SHOW data_directory"));
            assumeTrue(Files.isDirectory(data), "the server's files are not on this machine");
            server.kill();
            Files.createFile(data.resolve("standby.signal"));
            server.start();
            moved.release.text("SELECT pg_promote()");

            moved.awaitVerdict(Gate.CONTRACT,
                    Watching.says("change stream", Status.UNKNOWN, "another one than was armed"));
            moved.release.behindTheTrigger("UPDATE orders SET total = 1000000 WHERE id = 4711");
            moved.release.database().execute("UPDATE lockkeeper.gate SET state = 'CLOSED' WHERE state = 'OPEN'");
            moved.release.open(Gate.CONTRACT, 2);

            assertThat(moved.awaitDecision(Gate.CONTRACT, 2, Decision.NO_GO).evidence())
                    .anySatisfy(item -> assertThat(item.measure()).contains("4711"));
            moved.release.behindTheTrigger("UPDATE orders SET total_new = total");
            moved.awaitDecision(Gate.CONTRACT, 2, Decision.GO);
        }
    }

    @Test
    void restartOfTheServerIsSurvived() throws SQLException {
        try (TestPostgres server = TestPostgres.launch(Map.of());
                TestRelease restarted = new TestRelease(server, watching.home.resolve("restarted"))) {
            HeardEvents said = new HeardEvents();
            restarted.claim(true, List.of(), PROFILE);
            restarted.publish();
            try (TargetObservation following = Observations.of(watching.vertx, restarted.target(), said,
                    Watching.SETTINGS,
                    Clock.systemUTC())) {
                following.start();
                restarted.open(Gate.ARMED, 1);
                await().atMost(Watching.PATIENCE).until(() -> said.last(Gate.ARMED, 1),
                        last -> last.filter(verdict -> verdict.decision() == Decision.GO).isPresent());
                restarted.pass(Gate.ARMED);

                server.restart();
                restarted.open(Gate.CONTRACT, 1);
                await().atMost(Watching.PATIENCE).until(() -> said.last(Gate.CONTRACT, 1),
                        last -> last.filter(verdict -> verdict.decision() == Decision.GO).isPresent());
                restarted.behindTheTrigger("UPDATE orders SET total = 1000000 WHERE id = 4711");
                await().atMost(Watching.PATIENCE).until(() -> said.last(Gate.CONTRACT, 1),
                        last -> last.filter(verdict -> verdict.decision() == Decision.NO_GO).isPresent());
            }
        }
    }
}
