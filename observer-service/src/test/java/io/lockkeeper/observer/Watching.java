package io.lockkeeper.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

import io.vertx.core.Vertx;

import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.observer.config.Observations;
import io.lockkeeper.observer.config.Outside;
import io.lockkeeper.observer.observation.ObserverSettings;
import io.lockkeeper.observer.observation.TargetObservation;
import io.lockkeeper.testbed.TestPostgres;

/** A release on a database of its own, an observer that watches it, and what it has said. */
final class Watching implements AutoCloseable {

    static final ObserverSettings SETTINGS = new ObserverSettings(Duration.ofMillis(100), Duration.ofMillis(200),
            Duration.ofMillis(100), Duration.ofSeconds(5), 1L << 30, Duration.ofSeconds(1), Duration.ofMinutes(10),
            Duration.ofMillis(300));
    static final Duration PATIENCE = Duration.ofSeconds(40);

    final TestRelease release;
    final HeardEvents heard = new HeardEvents();
    final Vertx vertx;
    final Path home;
    private TargetObservation observer;

    Watching(Vertx vertx, TestPostgres server, Path home) throws SQLException {
        this.vertx = vertx;
        this.home = home;
        this.release = new TestRelease(server, home);
        observe();
    }

    void observe() {
        observe(SETTINGS.walCap());
    }

    void observe(long walCap) {
        observe(walCap, Outside.NOTHING, Clock.systemUTC());
    }

    void observe(Outside outside) {
        observe(SETTINGS.walCap(), outside, Clock.systemUTC());
    }

    void observe(Clock clock) {
        observe(SETTINGS.walCap(), Outside.NOTHING, clock);
    }

    private void observe(long walCap, Outside outside, Clock clock) {
        observer = Observations.of(vertx, release.target(), heard,
                new ObserverSettings(SETTINGS.poll(), SETTINGS.idlePoll(), SETTINGS.sampling(),
                        SETTINGS.slotDeadline(), walCap, SETTINGS.compare(), SETTINGS.health(), SETTINGS.resend()),
                outside, clock);
        observer.start();
    }

    void stopObserver() {
        observer.close();
    }

    /** A profile that asks for this at the gate, and for what every gate asks. */
    static EvidenceProfile asking(Gate gate, EvidenceKind... kinds) {
        return TestRelease.profile(Map.of(Gate.ARMED, List.of(EvidenceKind.OBSERVATION, EvidenceKind.BASELINE), gate,
                List.of(kinds)));
    }

    void arm() throws SQLException {
        if (release.plan().watch().stream().isPresent()) {
            release.publish();
        }
        release.open(Gate.ARMED, 1);
        awaitDecision(Gate.ARMED, Decision.GO);
        release.pass(Gate.ARMED);
    }

    Verdict awaitDecision(Gate gate, Decision decision) {
        return awaitDecision(gate, 1, decision);
    }

    Verdict awaitDecision(Gate gate, int attempt, Decision decision) {
        return awaitVerdict(gate, attempt, verdict -> verdict.decision() == decision);
    }

    /** Of the first attempt. */
    Verdict awaitVerdict(Gate gate, Predicate<Verdict> wanted) {
        return awaitVerdict(gate, 1, wanted);
    }

    private Verdict awaitVerdict(Gate gate, int attempt, Predicate<Verdict> wanted) {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50))
                .until(() -> heard.last(gate, attempt), last -> last.filter(wanted).isPresent()).orElseThrow();
    }

    /** Nothing but this decision, or one that proves as little, is said for two seconds. */
    void neverGo(Gate gate) {
        await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> heard.verdicts(gate, 1).stream()
                .noneMatch(verdict -> verdict.decision() == Decision.GO));
    }

    /** While somebody works, no decision is against it. */
    void neverNoGo(Gate gate, Thread work) {
        await().atMost(PATIENCE).until(() -> !work.isAlive());
        assertThat(heard.verdicts(gate, 1)).noneMatch(verdict -> verdict.decision() == Decision.NO_GO);
    }

    static Predicate<Verdict> says(String subject, Evidence.Status status, String measure) {
        return verdict -> verdict.evidence().stream().anyMatch(item -> item.subject().equals(subject)
                && item.status() == status && item.measure().contains(measure));
    }

    @Override
    public void close() {
        observer.close();
        release.close();
    }
}
