package io.lockkeeper.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.messages.AlertEvent.AlertRaised;
import io.lockkeeper.messages.AlertEvent.AlertResolved;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Invariant;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.observer.alert.PagerRound;
import io.lockkeeper.observer.config.Observations;
import io.lockkeeper.observer.observation.TargetObservation;
import io.lockkeeper.testbed.TestPostgres;

class ObservationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private static Vertx vertx;

    @TempDir
    Path home;

    private TestRelease release;
    private HeardEvents heard;
    private TargetObservation observer;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close();
    }

    @BeforeEach
    void prepare() throws SQLException {
        release = new TestRelease(TestPostgres.shared(), home);
        heard = new HeardEvents();
        observe();
    }

    @AfterEach
    void end() {
        observer.close();
        release.close();
    }

    private void observe() {
        observer = Observations.of(vertx, release.target(), heard, Watching.SETTINGS, Clock.systemUTC());
        observer.start();
    }

    @Test
    void armsWithoutStream() throws SQLException {
        release.claim(false, List.of(), TestRelease.profile(
                Map.of(Gate.ARMED, List.of(EvidenceKind.OBSERVATION, EvidenceKind.BASELINE))));
        Lsn marker = release.open(Gate.ARMED, 1);

        Verdict go = awaitDecision(Gate.ARMED, 1, Decision.GO);

        assertThat(go.observed().atLeast(marker)).isTrue();
        assertThat(go.marker()).isEqualTo(marker);
        assertThat(go.planHash()).isEqualTo(release.plan().hash());
        assertThat(release.count("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()"))
                .isZero();
    }

    @Test
    void armsWithStreamOnceThePublicationIsThere() throws SQLException {
        release.claim(true, List.of(), TestRelease.profile(
                Map.of(Gate.ARMED, List.of(EvidenceKind.OBSERVATION, EvidenceKind.BASELINE))));
        Lsn marker = release.open(Gate.ARMED, 1);
        assertThat(awaitDecision(Gate.ARMED, 1, Decision.INCONCLUSIVE).evidence())
                .anySatisfy(item -> assertThat(item.measure()).contains("publication"));

        release.publish();
        Verdict go = awaitDecision(Gate.ARMED, 1, Decision.GO);

        assertThat(go.observed().atLeast(marker)).isTrue();
        assertThat(release.count("SELECT count(*) FROM pg_replication_slots WHERE slot_name = '"
                + release.publication() + "'")).isOne();
    }

    @Test
    void plantedMismatchIsNoGoWithItsCount() throws SQLException {
        release.claim(false, List.of(), requiring(EvidenceKind.PARITY));
        release.behindTheTrigger("UPDATE orders SET total_new = -1 WHERE id IN (7, 19000)");
        release.open(Gate.CONTRACT, 1);

        Verdict noGo = awaitDecision(Gate.CONTRACT, 1, Decision.NO_GO);
        assertThat(noGo.evidence()).anySatisfy(item -> {
            assertThat(item.kind()).isEqualTo(EvidenceKind.PARITY);
            assertThat(item.measure()).contains("2 of 20000 rows").contains("{\"id\": 7}");
        });
        await().atMost(PATIENCE).until(() -> heard.alerts().stream().anyMatch(AlertRaised.class::isInstance));

        release.behindTheTrigger("UPDATE orders SET total_new = total");
        awaitDecision(Gate.CONTRACT, 1, Decision.GO);
        await().atMost(PATIENCE).until(() -> heard.alerts().stream().anyMatch(AlertResolved.class::isInstance));
    }

    @Test
    void triggerSwitchedOffIsNoGoAndTheCompareBeginsAnew() throws SQLException {
        release.claim(false, List.of(), requiring(EvidenceKind.PARITY));
        release.open(Gate.CONTRACT, 1);
        awaitDecision(Gate.CONTRACT, 1, Decision.GO);

        release.database().execute("ALTER TABLE orders DISABLE TRIGGER zzzz_sync");
        awaitDecision(Gate.CONTRACT, 1, Decision.NO_GO);
        release.database().execute("UPDATE orders SET total = total + 1 WHERE id = 11",
                "ALTER TABLE orders ENABLE TRIGGER zzzz_sync");

        await().atMost(PATIENCE).until(() -> heard.last(Gate.CONTRACT, 1), last -> last.orElseThrow().evidence()
                .stream().anyMatch(item -> item.measure().contains("1 of 20000 rows")));
    }

    @Test
    void invariantBrokenByALiveWriteIsNoGoAndPages() throws Exception {
        try (ReceivedAlerts alertmanager = new ReceivedAlerts()) {
            Invariant invariant = new Invariant("no-negative-total", "SELECT id FROM orders WHERE total < 0",
                    Severity.P1, Duration.ofSeconds(5), Optional.of("customers see wrong sums"), Optional.empty());
            release.database().execute("UPDATE orders SET total = -1 WHERE id = 1");
            release.claim(false, List.of(invariant), requiring(EvidenceKind.INVARIANTS));
            release.open(Gate.ARMED, 1);
            awaitDecision(Gate.ARMED, 1, Decision.GO);
            release.pass(Gate.ARMED);
            release.open(Gate.CONTRACT, 1);
            assertThat(awaitDecision(Gate.CONTRACT, 1, Decision.GO).evidence())
                    .anySatisfy(item -> assertThat(item.measure()).contains("1 row, none of them new"));

            release.database().execute("UPDATE orders SET total = -2 WHERE id = 2");
            Verdict noGo = awaitDecision(Gate.CONTRACT, 1, Decision.NO_GO);
            assertThat(noGo.evidence()).anySatisfy(
                    item -> assertThat(item.measure()).isEqualTo("2 rows, 1 of them new; 1 row before the run"));

            PagerRound pager = new PagerRound(alertmanager.pager());
            await().atMost(PATIENCE).until(() -> {
                pager.page(observer.alerts(), Instant.now());
                return !alertmanager.received().isEmpty();
            });
            JsonNode posted = alertmanager.received().get(0).get(0);
            assertThat(posted.at("/labels/alertname").asText()).isEqualTo("LockkeeperNoGo");
            assertThat(posted.at("/labels/severity").asText()).isEqualTo("critical");
            assertThat(posted.get("labels").toString()).doesNotContain("2 rows");
            assertThat(posted.at("/annotations/impact").asText()).isEqualTo("customers see wrong sums");
            assertThat(Instant.parse(posted.get("endsAt").asText())).isAfter(Instant.now());

            release.database().execute("UPDATE orders SET total = 2 WHERE id = 2");
            awaitDecision(Gate.CONTRACT, 1, Decision.GO);
            await().atMost(PATIENCE).until(() -> {
                pager.page(observer.alerts(), Instant.now());
                JsonNode last = alertmanager.received().get(alertmanager.received().size() - 1).get(0);
                return !Instant.parse(last.get("endsAt").asText()).isAfter(Instant.now());
            });
            assertThat(heard.alerts()).extracting(alert -> alert.getClass().getSimpleName())
                    .containsExactly("AlertRaised", "AlertResolved");
        }
    }

    @Test
    void openGateThatHasPassedTurnsWhileStepsBehindItRun() throws SQLException {
        Invariant invariant = new Invariant("no-negative-total", "SELECT id FROM orders WHERE total < 0", Severity.P1,
                Duration.ofSeconds(5), Optional.empty(), Optional.empty());
        release.claim(false, List.of(invariant), requiring(EvidenceKind.INVARIANTS));
        release.open(Gate.CONTRACT, 1);
        awaitDecision(Gate.CONTRACT, 1, Decision.GO);
        release.database().execute("UPDATE lockkeeper.gate SET state = 'PASSED', passed_at = now()");

        release.database().execute("UPDATE orders SET total = -2 WHERE id = 2");

        awaitDecision(Gate.CONTRACT, 1, Decision.NO_GO);
    }

    @Test
    void sessionOfTheOldVersionKeepsTheGateClosedAndRestartsTheSoak() throws SQLException {
        release.claim(false, List.of(), requiring(EvidenceKind.OLD_SESSIONS));
        Instant gone;
        try (Connection old = release.connectAs("shop/1")) {
            release.open(Gate.CONTRACT, 1);
            await().atMost(PATIENCE).until(() -> heard.last(Gate.CONTRACT, 1),
                    last -> last.filter(verdict -> verdict.evidence().stream()
                            .anyMatch(item -> item.measure().contains("1 session of the old version"))).isPresent());
            old.createStatement().execute("SELECT 1");
            gone = Instant.now();
        }
        Verdict go = awaitDecision(Gate.CONTRACT, 1, Decision.GO);

        assertThat(go.at()).isAfterOrEqualTo(gone.plus(TestRelease.SOAK));
        assertThat(heard.verdicts(Gate.CONTRACT, 1)).filteredOn(verdict -> verdict.decision() == Decision.GO)
                .allSatisfy(verdict -> assertThat(verdict.at()).isAfter(gone));
    }

    @Test
    void restartedObserverGoesOn() throws SQLException {
        armWithStream(requiring(EvidenceKind.PARITY));
        observer.close();
        release.open(Gate.CONTRACT, 1);
        release.database().execute("UPDATE orders SET total = 3 WHERE id = 3");
        observe();

        Verdict go = awaitDecision(Gate.CONTRACT, 1, Decision.GO);
        assertThat(go.evidence()).anySatisfy(item -> assertThat(item.measure()).contains("marker seen"));

        observer.close();
        release.behindTheTrigger("UPDATE orders SET total = 1000000 WHERE id = 5");
        observe();
        assertThat(awaitDecision(Gate.CONTRACT, 1, Decision.NO_GO).evidence())
                .anySatisfy(item -> assertThat(item.measure()).contains("{\"id\": 5}"));
        assertThat(
                release.count("SELECT count(DISTINCT number) FROM lockkeeper_observer.verdict WHERE gate = 'contract'"))
                .isEqualTo(release.count("SELECT count(*) FROM lockkeeper_observer.verdict WHERE gate = 'contract'"));
    }

    @Test
    void worksWithNoMoreRightsThanItNeeds() throws SQLException {
        release.restrict();
        observer.close();
        observe();
        armWithStream(TestRelease.profile(Map.of(Gate.ARMED, List.of(EvidenceKind.OBSERVATION, EvidenceKind.BASELINE),
                Gate.CONTRACT, List.of(EvidenceKind.OBSERVATION, EvidenceKind.PARITY, EvidenceKind.OLD_SESSIONS,
                        EvidenceKind.HEALTH))));
        release.open(Gate.CONTRACT, 1);

        awaitDecision(Gate.CONTRACT, 1, Decision.GO);

        release.database().execute("UPDATE lockkeeper.run SET state = 'ABORTING'");
        await().atMost(PATIENCE).until(() -> release.slots() == 0);
    }

    @Test
    void withoutLogicalDecodingTheCompareAloneProves() throws SQLException {
        try (TestPostgres server = TestPostgres.launch(Map.of("wal_level", "replica"));
                TestRelease replica = new TestRelease(server, home.resolve("replica"))) {
            HeardEvents said = new HeardEvents();
            replica.claim(false, List.of(), requiring(EvidenceKind.PARITY));
            try (TargetObservation polling = Observations.of(vertx, replica.target(), said, Watching.SETTINGS,
                    Clock.systemUTC())) {
                polling.start();
                replica.open(Gate.ARMED, 1);
                await().atMost(PATIENCE).until(() -> said.last(Gate.ARMED, 1),
                        last -> last.filter(verdict -> verdict.decision() == Decision.GO).isPresent());
                replica.pass(Gate.ARMED);
                Lsn marker = replica.open(Gate.CONTRACT, 1);
                assertThat(await().atMost(PATIENCE).until(() -> said.last(Gate.CONTRACT, 1),
                        last -> last.filter(verdict -> verdict.decision() == Decision.GO).isPresent()).orElseThrow()
                        .observed().atLeast(marker)).isTrue();
            }
        }
    }

    private static EvidenceProfile requiring(EvidenceKind kind) {
        return TestRelease.profile(Map.of(Gate.ARMED, List.of(EvidenceKind.OBSERVATION, EvidenceKind.BASELINE),
                Gate.CONTRACT, List.of(EvidenceKind.OBSERVATION, kind)));
    }

    private void armWithStream(EvidenceProfile profile) throws SQLException {
        release.claim(true, List.of(), profile);
        release.publish();
        release.open(Gate.ARMED, 1);
        awaitDecision(Gate.ARMED, 1, Decision.GO);
        release.pass(Gate.ARMED);
    }

    private Verdict awaitDecision(Gate gate, int attempt, Decision decision) {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50))
                .until(() -> heard.last(gate, attempt),
                        last -> last.filter(it -> it.decision() == decision).isPresent())
                .orElseThrow();
    }
}
