package io.lockkeeper.executor.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.executor.testing.Engine;
import io.lockkeeper.executor.testing.ExecutorProcess;
import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.executor.testing.Shop;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.CloudEvents;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Message;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.WireNames;
import io.lockkeeper.testbed.TestKafka;

/** The executor as it is shipped, between a real broker and a real database. */
class ServiceIT {

    private static TestKafka kafka;

    @TempDir
    Path home;

    private final String prefix = "executor-" + System.nanoTime() + ".";
    private Shop shop;
    /** Not started: reads the ledger. */
    private Engine desk;

    @BeforeAll
    static void startBroker() {
        kafka = TestKafka.launch();
    }

    @AfterAll
    static void stopBroker() {
        kafka.close();
    }

    @BeforeEach
    void open() {
        List<String> topics = new ArrayList<>();
        for (String topic : WireNames.TOPICS) {
            topics.add(prefix + topic);
            topics.add(prefix + topic + WireNames.DEAD_LETTER_SUFFIX);
        }
        kafka.createTopics(topics);
        shop = Shop.open(home);
        shop.execute("CREATE TABLE orders (id int PRIMARY KEY, note text, note_length int)",
                "INSERT INTO orders SELECT g, 'n' || g FROM generate_series(1, 20000) g");
        desk = Engine.named(shop, "desk");
    }

    @AfterEach
    void close() {
        desk.close();
        shop.close();
    }

    @Test
    void planAndVerdictsComeAndOutcomesGoByKafka() throws Exception {
        Plan plan = Plans.of(Shop.TARGET, "r1").expand("010-table", Plans.ddl("CREATE TABLE public.one (id int)"))
                .contract("020-drop", Gate.CONTRACT, Plans.ddl("DROP TABLE public.one")).build();
        try (ExecutorProcess executor = start(Map.of("lockkeeper.open-reading", "true")).awaitReady()) {
            send(WireNames.PLANS, "plan/r1", new PlanEvent.PlanProposed(plan));
            send(WireNames.PLANS, "plan/r1", new PlanEvent.PlanProposed(plan));
            sendBroken(WireNames.PLANS);
            pass(plan, Gate.CONTRACT);

            // Controls by HTTP: ten sends, one effect, the same answer.
            String body = "{\"target\":\"shop\",\"release\":\"r1\",\"by\":\"ann\"}";
            assertThat(executor.postWithoutToken("/controls/pause", body).statusCode()).isEqualTo(403);
            assertThat(executor.postWithWrongToken("/controls/pause", body).statusCode()).isEqualTo(401);
            List<String> answers = IntStream.range(0, 10)
                    .mapToObj(number -> executor.post("/controls/pause", "pause-1", body).body()).distinct().toList();
            assertThat(answers).hasSize(1);
            assertThat(answers.get(0)).contains("\"accepted\":true").contains("PAUSED");
            assertThat(executor.post("/controls/explode", "x", body).statusCode()).isEqualTo(404);
            assertThat(executor.post("/controls/pause", "y", "{}").statusCode()).isEqualTo(400);
            assertThat(executor.post("/controls/resume", "resume-1", body).body()).contains("\"accepted\":true");

            pass(plan, Gate.WATCHED);
            desk.await(plan, RunState.COMPLETED);

            JsonNode runs = MessageJson.mapper().readTree(executor.get("/runs?target=shop&release=r1").body());
            assertThat(runs.get(0).get("state").asText()).isEqualTo("COMPLETED");
            assertThat(runs.get(0).get("milestones")).hasSize(3);
            assertThat(runs.get(0).get("steps").get(1).get("gate").asText()).isEqualTo("contract");
            String run = runs.get(0).get("run").asText();
            assertThat(executor.get("/runs/" + run).body()).contains("020-drop");
            assertThat(executor.get("/targets").body()).isEqualTo("[\"shop\"]");
            HttpResponse<String> doctor = executor.get("/targets/shop/doctor");
            assertThat(doctor.body()).contains("\"check\":\"wal-level\"").contains("\"status\":\"ok\"")
                    .doesNotContain("\"status\":\"unknown\"");
            assertThat(executor.get("/targets/nowhere/doctor").statusCode()).isEqualTo(404);
            assertThat(executor.get("/runs?target=nowhere").body()).contains("unknown-target");
            executor.stop();
        }
        Map<String, ConsumerRecord<String, byte[]>> events = consume(prefix + WireNames.OUTCOMES,
                expected());
        assertThat(events.keySet()).containsExactlyInAnyOrderElementsOf(outboxIds());
        assertThat(events.values()).allSatisfy(event -> {
            assertThat(event.key()).isEqualTo("shop");
            assertThat(CloudEvents.read(headers(event), event.value())).isInstanceOf(CloudEvents.Accepted.class);
        });
        assertThat(consumeAll(prefix + WireNames.PLANS + WireNames.DEAD_LETTER_SUFFIX, 1)).hasSize(1);
    }

    @Test
    void brokerThatIsAwayDoesNotStopTheRunAndGetsItsEventsAfterwards() throws Exception {
        Plan plan = Plans.of(Shop.TARGET, "r1")
                .migrate("010-backfill",
                        new Action.Backfill(Plans.table("orders"),
                                List.of(new Action.Backfill.Assignment("note_length", "length(note)")),
                                "note_length IS DISTINCT FROM length(note)"))
                .contract("020-last", Gate.CONTRACT, Plans.ddl("SELECT 1")).build();
        try (ExecutorProcess executor = start(Map.of()).awaitReady()) {
            send(WireNames.PLANS, "plan/r1", new PlanEvent.PlanProposed(plan));
            await().atMost(Duration.ofSeconds(30)).until(() -> !shop
                    .value("SELECT to_regclass('lockkeeper.run')").equals("null")
                    && shop.value("SELECT count(*) FROM lockkeeper.run").equals("1"));
            kafka.stop();
            desk.await(plan, RunState.AWAITING_CONTRACT);
            // Verdicts that cannot come by Kafka are put into the ledger by whoever can reach it.
            desk.pass(plan, Gate.CONTRACT);
            desk.pass(plan, Gate.WATCHED);
            desk.await(plan, RunState.COMPLETED);
            assertThat(shop.value("SELECT count(*) > 0 FROM lockkeeper.outbox WHERE published_at IS NULL"))
                    .isEqualTo("t");
            assertThat(executor.get("/q/health/live").statusCode()).isEqualTo(200);

            kafka.start();
            await().atMost(Duration.ofSeconds(60)).until(
                    () -> shop.value("SELECT count(*) FROM lockkeeper.outbox WHERE published_at IS NULL").equals("0"));
        }
        Map<String, ConsumerRecord<String, byte[]>> events = consume(prefix + WireNames.OUTCOMES, expected());
        assertThat(events.keySet()).containsExactlyInAnyOrderElementsOf(outboxIds());
    }

    @Test
    void planThatWasClaimedBeforeTheCrashIsNotClaimedTwice() throws Exception {
        Plan plan = Plans.of(Shop.TARGET, "r1").expand("010-table", Plans.ddl("CREATE TABLE public.one (id int)"))
                .build();
        try (ExecutorProcess executor = start(Map.of("lockkeeper.crash-at", "claim.committed"))) {
            send(WireNames.PLANS, "plan/r1", new PlanEvent.PlanProposed(plan));
            executor.awaitKilled();
        }
        try (ExecutorProcess executor = start(Map.of())) {
            executor.awaitReady();
            desk.await(plan, RunState.COMPLETED);
            assertThat(shop.value("SELECT count(*) FROM lockkeeper.run")).isEqualTo("1");
            assertThat(shop.value("SELECT count(*) FROM lockkeeper.inbox")).isEqualTo("1");
        }
    }

    private ExecutorProcess start(Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(more);
        properties.put("kafka.bootstrap.servers", kafka.bootstrap());
        properties.put("lockkeeper.topic-prefix", prefix);
        for (String topic : List.of(WireNames.PLANS, WireNames.VERDICTS, WireNames.CONTROLS)) {
            properties.put("mp.messaging.incoming." + topic + ".group.id", prefix + topic);
        }
        return ExecutorProcess.start(home, properties);
    }

    private void pass(Plan plan, Gate gate) throws Exception {
        await().atMost(Duration.ofSeconds(40)).ignoreExceptions()
                .until(() -> desk.run(plan).openGate().filter(open -> open.gate() == gate).isPresent());
        Verdict go = desk.go(desk.run(plan), gate);
        send(WireNames.VERDICTS, "verdict/" + gate, go);
    }

    private void send(String topic, String id, Message message) throws Exception {
        Envelope envelope = new Envelope(id, URI.create("/lockkeeper/test"), Instant.now(),
                Optional.of(message.release()), Optional.empty(), message);
        var producerRecord = new ProducerRecord<>(prefix + topic, message.target(),
                CloudEvents.value(message).getBytes(StandardCharsets.UTF_8));
        CloudEvents.headers(envelope).forEach((name, value) -> producerRecord.headers().add(name,
                value.getBytes(StandardCharsets.UTF_8)));
        send(producerRecord);
    }

    private void sendBroken(String topic) throws Exception {
        send(new ProducerRecord<>(prefix + topic, "shop", "no event".getBytes(StandardCharsets.UTF_8)));
    }

    private static void send(ProducerRecord<String, byte[]> producerRecord) throws Exception {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrap());
        try (var producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(producerRecord).get();
        }
    }

    private List<String> outboxIds() {
        return shop.column("SELECT id FROM lockkeeper.outbox");
    }

    private int expected() {
        return outboxIds().size();
    }

    /** By id, until there are {@code expected} different ones. */
    private Map<String, ConsumerRecord<String, byte[]>> consume(String topic, int expected) {
        Map<String, ConsumerRecord<String, byte[]>> byId = new HashMap<>();
        consumeAll(topic, expected).forEach(each -> byId.put(headers(each).get("ce_id"), each));
        return byId;
    }

    private static List<ConsumerRecord<String, byte[]>> consumeAll(String topic, int distinct) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", kafka.bootstrap());
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return new HashSet<>(records.stream().map(each -> headers(each).getOrDefault("ce_id", "")).toList())
                        .size() >= distinct;
            });
        }
        return records;
    }

    private static Map<String, String> headers(ConsumerRecord<String, byte[]> consumed) {
        Map<String, String> headers = new HashMap<>();
        consumed.headers().forEach(
                header -> headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8)));
        return headers;
    }
}
