package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Gauge;
import io.lockkeeper.messages.Probe;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.observer.config.Outside;

/** The application itself says that it is not well, or nobody can hear it. */
@ExtendWith(WatchingParameter.class)
class ApplicationFaultIT {

    private static final String HEALTHY = "{\"status\":\"UP\"}";

    private final Watching watching;
    private final CountDownLatch end = new CountDownLatch(1);
    private HttpServer application;
    private volatile int status = 200;
    private volatile String body = HEALTHY;
    private volatile boolean hangs;

    ApplicationFaultIT(Watching watching) {
        this.watching = watching;
    }

    @BeforeEach
    void serve() throws IOException {
        application = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        application.createContext("/", exchange -> {
            if (hangs) {
                try {
                    end.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            byte[] answer = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        application.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        application.stop(0);
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + application.getAddress().getPort());
    }

    private void observe(Outside outside) {
        watching.stopObserver();
        watching.observe(outside);
    }

    private void claim(List<Gauge> gauges, List<Probe> probes) throws SQLException {
        watching.release.claim(false, TestWatch.of(
                Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.INVARIANTS)).gauges(gauges)
                .probes(probes));
    }

    private void pass(List<Gauge> gauges, List<Probe> probes) throws SQLException {
        claim(gauges, probes);
        watching.arm();
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    private Probe probe() {
        return new Probe("health", address() + "/health", Optional.empty(), Optional.of("\"UP\""),
                Duration.ofSeconds(1), Severity.P1, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static Gauge gauge(Gauge.Language language, String query, long atMost) {
        return new Gauge("number", query, new Gauge.Limits(Optional.empty(),
                Optional.of(java.math.BigDecimal.valueOf(atMost)), Optional.empty(), Optional.empty()), Severity.P1,
                Duration.ofSeconds(5), Optional.empty(), Optional.empty(), Optional.empty(), language);
    }

    @Test
    void probeThatStopsAnsweringWellIsNoGoUntilItDoesAgain() throws SQLException {
        observe(new Outside(Optional.empty(), List.of(address())));
        pass(List.of(), List.of(probe()));

        status = 503;
        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says("health", Status.FAILED, "status 503 after"));
        status = 200;
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
        body = "{\"status\":\"DOWN\"}";
        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says("health", Status.FAILED, "the words stated are not in it"));
    }

    @Test
    void probeThatAnswersTooLateIsNoGo() throws SQLException {
        observe(new Outside(Optional.empty(), List.of(address())));
        pass(List.of(), List.of(probe()));

        hangs = true;

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says("health", Status.FAILED, "no answer within 1000 ms"));
    }

    @Test
    void probeThatFailsBeforeTheFirstStepKeepsTheGateArmedClosed() throws SQLException {
        observe(new Outside(Optional.empty(), List.of(address())));
        status = 500;
        claim(List.of(), List.of(probe()));
        watching.release.open(Gate.ARMED, 1);

        watching.awaitVerdict(Gate.ARMED, says("target", Status.UNKNOWN, "do not pass before the first step: health"));
        status = 200;
        watching.awaitDecision(Gate.ARMED, Decision.GO);
    }

    @Test
    void addressThatTheConfigurationDoesNotAllowIsNotAsked() throws SQLException {
        observe(new Outside(Optional.empty(), List.of(URI.create("http://127.0.0.1:1"))));
        claim(List.of(), List.of(probe()));
        watching.release.open(Gate.ARMED, 1);

        watching.awaitVerdict(Gate.ARMED, says("target", Status.UNKNOWN, "do not pass before the first step: health"));
        watching.neverGo(Gate.ARMED);
    }

    @Test
    void thresholdInPrometheusIsNoGoAndWithoutPrometheusUnknown() throws SQLException {
        observe(new Outside(Optional.of(address()), List.of()));
        sample("0.5");
        pass(List.of(gauge(Gauge.Language.PROMQL, "sum(rate(http_errors_total[5m]))", 1)), List.of());

        sample("1.5");
        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says("number", Status.FAILED, "1.5; before the run 0.5"));
        sample("NaN");
        watching.awaitVerdict(Gate.CONTRACT, says("number", Status.UNKNOWN, "no finite number"));
        body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}";
        watching.awaitVerdict(Gate.CONTRACT, says("number", Status.UNKNOWN, "0 samples"));
        application.stop(0);
        watching.awaitVerdict(Gate.CONTRACT, says("number", Status.UNKNOWN, "Prometheus does not answer"));
    }

    private void sample(String value) {
        body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":"
                + "[1700000000.1,\"" + value + "\"]}]}}";
    }

    @Test
    void gaugeOfAPrometheusThatNobodyConfiguredKeepsTheGateArmedClosed() throws SQLException {
        claim(List.of(gauge(Gauge.Language.PROMQL, "up", 1)), List.of());
        watching.release.open(Gate.ARMED, 1);

        watching.awaitVerdict(Gate.ARMED, says("target", Status.UNKNOWN, "could not be evaluated: number"));
        watching.neverGo(Gate.ARMED);
    }

    @Test
    void gaugeOfALogThatTheServerDoesNotWriteKeepsTheGateArmedClosed() throws SQLException {
        claim(List.of(gauge(Gauge.Language.LOG, "deadlock", 0)), List.of());
        watching.release.open(Gate.ARMED, 1);

        watching.awaitVerdict(Gate.ARMED, says("target", Status.UNKNOWN, "could not be evaluated: number"));
        watching.neverGo(Gate.ARMED);
    }
}
