package io.lockkeeper.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.observer.config.Observations;
import io.lockkeeper.observer.observation.ObserverSettings;
import io.lockkeeper.observer.observation.TargetObservation;
import io.lockkeeper.testbed.TestPostgres;

class ObservationIT {

    private static final ObserverSettings SETTINGS = new ObserverSettings(Duration.ofMillis(100),
            Duration.ofMillis(200), Duration.ofMillis(100), Duration.ofSeconds(5), 1L << 30, Duration.ofSeconds(1),
            Duration.ofMinutes(10), Duration.ofMillis(300));
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
        observer = Observations.of(vertx, release.target(), heard, SETTINGS, Clock.systemUTC());
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
                + TestRelease.PUBLICATION + "'")).isOne();
    }

    private Verdict awaitDecision(Gate gate, int attempt, Decision decision) {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50))
                .until(() -> heard.last(gate, attempt),
                        last -> last.filter(it -> it.decision() == decision).isPresent())
                .orElseThrow();
    }
}
