package io.lockkeeper.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.AlertEvent.AlertRaised;
import io.lockkeeper.messages.CloudEvents;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Invariant;
import io.lockkeeper.messages.Message;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.ReleaseEvent.VersionDeployed;
import io.lockkeeper.messages.ReleaseEvent.VersionRetired;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.testbed.TestPostgres;

@QuarkusTest
@QuarkusTestResource(Servers.class)
class ServiceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TestHTTPResource("/")
    URI page;

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @ConfigProperty(name = "lockkeeper.home")
    Path home;

    private final HttpClient http = HttpClient.newHttpClient();
    private TestRelease release;
    private KafkaConsumer<String, String> consumer;
    private final List<Envelope> heard = new ArrayList<>();

    @BeforeEach
    void prepare() throws SQLException {
        release = new TestRelease(TestPostgres.shared(), home);
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "group.id", UUID.randomUUID().toString(), "auto.offset.reset",
                        "latest"),
                new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of(Servers.PREFIX + "verdicts", Servers.PREFIX + "alerts"));
        await().until(() -> {
            consumer.poll(Duration.ofMillis(100));
            return !consumer.assignment().isEmpty();
        });
    }

    @AfterEach
    void end() throws IOException {
        consumer.close();
        Files.deleteIfExists(home.resolve("targets").resolve(TestRelease.TARGET + ".yaml"));
        release.close();
    }

    @Test
    void verdictsAndAlertsReachTheTopicsAndThePage() throws Exception {
        Invariant invariant = new Invariant("no-negative-total", "SELECT id FROM orders WHERE total < 0", Severity.P1,
                Duration.ofSeconds(5), Optional.empty(), Optional.empty());
        release.claim(false, List.of(invariant), TestRelease.profile(Map.of(Gate.ARMED,
                List.of(EvidenceKind.OBSERVATION, EvidenceKind.BASELINE), Gate.CONTRACT,
                List.of(EvidenceKind.OBSERVATION, EvidenceKind.INVARIANTS, EvidenceKind.ROLLOUT))));
        List<String> streamed = follow();
        release.open(Gate.ARMED, 1);
        Verdict armed = awaitVerdict(Gate.ARMED, Decision.GO);
        assertThat(armed.evidenceHash()).startsWith("sha256:");
        assertThat(heard.get(0).id()).startsWith(TestRelease.RUN + "/armed/1/");
        assertThat(heard.get(0).source()).hasToString("/lockkeeper/observer");

        release.pass(Gate.ARMED);
        release.open(Gate.CONTRACT, 1);
        awaitVerdict(Gate.CONTRACT, Decision.INCONCLUSIVE);
        send("deployed-2", new VersionDeployed(TestRelease.TARGET, "shop-2", "shop", "2", Instant.now()));
        send("retired-1", new VersionRetired(TestRelease.TARGET, "shop-2", "shop", "1", Instant.now()));
        send("retired-1", new VersionRetired(TestRelease.TARGET, "shop-2", "shop", "1", Instant.now()));
        awaitVerdict(Gate.CONTRACT, Decision.GO);
        assertThat(release.count("SELECT count(*) FROM lockkeeper_observer.application_event")).isEqualTo(2);

        release.database().execute("UPDATE orders SET total = -1 WHERE id = 9");
        awaitVerdict(Gate.CONTRACT, Decision.NO_GO);
        await().atMost(PATIENCE).until(() -> messages().anyMatch(AlertRaised.class::isInstance));

        JsonNode runs = json("api/runs");
        assertThat(runs.get(0).get("run").asText()).isEqualTo(TestRelease.RUN);
        assertThat(runs.get(0).get("openGate").asText()).isEqualTo("contract");
        JsonNode run = json("api/runs/" + TestRelease.RUN);
        assertThat(run.at("/verdicts/0/decision").asText()).isEqualTo("NO_GO");
        assertThat(run.at("/steps").size()).isEqualTo(4);
        assertThat(run.at("/alerts/0/name").asText()).isEqualTo("LockkeeperNoGo");
        assertRulesAskForMetricsThatAreThere();
        await().atMost(PATIENCE).until(() -> streamed.stream().anyMatch(line -> line.equals("event:run"))
                && streamed.stream().anyMatch(line -> line.startsWith("data:") && line.contains("NO_GO")));
    }

    private void assertRulesAskForMetricsThatAreThere() throws Exception {
        String metrics = get("q/metrics", false).body();
        Matcher name = Pattern.compile("lockkeeper_[a-z_]+").matcher(
                Files.readString(Path.of("..", "deploy", "prometheus", "lockkeeper.rules.yml")));
        Set<String> asked = new TreeSet<>();
        while (name.find()) {
            asked.add(name.group());
        }
        assertThat(asked).hasSizeGreaterThanOrEqualTo(4)
                .allSatisfy(metric -> assertThat(metrics).containsPattern("(?m)^" + metric + "[ {]"));
        assertThat(metrics).containsPattern("(?m)^lockkeeper_verdicts_sent_total\\{[^}]*decision=\"NO_GO\"")
                .containsPattern("(?m)^lockkeeper_verdicts_sent_total\\{[^}]*gate=\"contract\"");
    }

    @Test
    void brokenEventGoesToTheDeadLettersAndTheNextOneIsTaken() throws Exception {
        release.claim(false, List.of(), TestRelease.profile(Map.of()));
        try (KafkaConsumer<String, String> dead = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "group.id", UUID.randomUUID().toString(), "auto.offset.reset",
                        "earliest"),
                new StringDeserializer(), new StringDeserializer())) {
            dead.subscribe(List.of(Servers.PREFIX + "releases.dlq"));
            produce(new ProducerRecord<>(Servers.PREFIX + "releases", TestRelease.TARGET, "no envelope"));
            send("deployed-3", new VersionDeployed(TestRelease.TARGET, "shop-2", "shop", "3", Instant.now()));

            await().atMost(PATIENCE).until(() -> release.count("""
                    SELECT count(*) FROM pg_class WHERE relname = 'application_event'""") == 1
                    && release.count("SELECT count(*) FROM lockkeeper_observer.application_event") == 1);
            await().atMost(PATIENCE).until(() -> {
                for (ConsumerRecord<String, String> letter : dead.poll(Duration.ofMillis(200))) {
                    if (letter.value().equals("no envelope")) {
                        return true;
                    }
                }
                return false;
            });
        }
    }

    @Test
    void pageIsStaticAndReadingAsksForTheToken() throws Exception {
        HttpResponse<String> served = get("", false);
        assertThat(served.statusCode()).isEqualTo(200);
        assertThat(served.body()).contains("page.js").doesNotContain("<style").doesNotContain("http://")
                .doesNotContain("https://");
        assertThat(served.headers().firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'").doesNotContain("unsafe");

        assertThat(get("api/runs", false).statusCode()).isEqualTo(401);
        assertThat(get("api/stream", false).statusCode()).isEqualTo(401);
        assertThat(get("api/runs", true).statusCode()).isEqualTo(200);
        assertThat(get("api/runs/nothing", true).statusCode()).isEqualTo(404);
        assertThat(get("q/health/live", false).statusCode()).isEqualTo(200);
        assertThat(get("q/health/ready", false).statusCode()).isEqualTo(200);
        assertThat(get("q/metrics", false).body()).contains("lockkeeper_alerts_firing");
    }

    private List<String> follow() {
        List<String> lines = new CopyOnWriteArrayList<>();
        HttpRequest request = request("api/stream", true).header("Accept", "text/event-stream").build();
        http.sendAsync(request, HttpResponse.BodyHandlers.ofLines())
                .thenAcceptAsync(response -> response.body().forEach(lines::add));
        return lines;
    }

    private Verdict awaitVerdict(Gate gate, Decision decision) {
        return await().atMost(PATIENCE).until(() -> messages().filter(Verdict.class::isInstance)
                .map(Verdict.class::cast).filter(verdict -> verdict.gate() == gate && verdict.decision() == decision)
                .findFirst(), Optional::isPresent).orElseThrow();
    }

    /** All that came so far. */
    private Stream<Message> messages() {
        for (ConsumerRecord<String, String> polled : consumer.poll(Duration.ofMillis(100))) {
            assertThat(polled.key()).isEqualTo(TestRelease.TARGET);
            Map<String, String> headers = new HashMap<>();
            polled.headers().forEach(
                    header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
            CloudEvents.Read read = CloudEvents.read(headers, polled.value().getBytes(StandardCharsets.UTF_8));
            assertThat(read).isInstanceOf(CloudEvents.Accepted.class);
            heard.add(((CloudEvents.Accepted) read).envelope());
        }
        return heard.stream().map(Envelope::message);
    }

    private void send(String id, Message message) throws Exception {
        ProducerRecord<String, String> event = new ProducerRecord<>(Servers.PREFIX + "releases", message.target(),
                CloudEvents.value(message));
        CloudEvents.headers(new Envelope(id, URI.create("/ci"), Instant.now(), Optional.empty(), Optional.empty(),
                message))
                .forEach((name, value) -> event.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        produce(event);
    }

    private void produce(ProducerRecord<String, String> event) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrap),
                new StringSerializer(), new StringSerializer())) {
            producer.send(event).get();
        }
    }

    private JsonNode json(String path) throws Exception {
        return MessageJson.mapper().readTree(get(path, true).body());
    }

    private HttpResponse<String> get(String path, boolean token) throws Exception {
        return http.send(request(path, token).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path, boolean token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(page.resolve(path)).timeout(Duration.ofSeconds(10));
        if (token) {
            request.header("Authorization", "Bearer " + Servers.TOKEN);
        }
        return request;
    }
}
