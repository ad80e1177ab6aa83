package io.lockkeeper.planner.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import jakarta.inject.Inject;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.SessionSelector;

@QuarkusTest
@QuarkusTestResource(PlannerServers.class)
class PlannerServiceIT {

    private static final String RELEASES = PlannerServers.PREFIX + "releases";
    private static final String PLANS = PlannerServers.PREFIX + "plans";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TestHTTPResource
    URI service;

    @Inject
    KafkaClientService clients;

    @Test
    void aReleasePostedOverHttpBecomesOnePlanOnTheTopic() throws Exception {
        String id = newId();
        HttpResponse<String> answer = post("/releases", id, release("r-plan", "shop", INDEX));
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(json(answer).path("id").asText()).isEqualTo(id);
        assertThat(json(answer).path("target").asText()).isEqualTo("shop");

        ConsumerRecord<String, String> found = plan(id);
        Map<String, String> headers = Records.headers(found);
        assertThat(found.key()).isEqualTo("shop");
        assertThat(headers).containsEntry("ce_specversion", "1.0").containsEntry("ce_id", "plan/" + id)
                .containsEntry("ce_source", "/lockkeeper/planner")
                .containsEntry("ce_type", "io.lockkeeper.plan.proposed.v1").containsEntry("ce_subject", "r-plan")
                .containsEntry("ce_partitionkey", "shop").containsEntry("ce_correlationid", id)
                .containsEntry("ce_causationid", id).containsEntry("content-type", "application/json");
        Plan plan = MessageJson.mapper().readValue(found.value(), PlanEvent.PlanProposed.class).plan();
        assertThat(plan.hash()).isEqualTo(PlanHash.of(plan)).startsWith("sha256:");
        assertThat(plan.steps()).extracting(step -> step.id()).containsExactly("000-create-publication",
                "010-create-index-orders_status_idx", "020-conclude");
        assertThat(plan.preconditions()).singleElement()
                .satisfies(precondition -> assertThat(precondition.fingerprint()).hasSize(32));
        await().untilAsserted(() -> assertThat(json(get("/releases/" + id)).path("state").asText())
                .isEqualTo("planned"));
        assertThat(json(get("/plans/r-plan")).path("hash").asText()).isEqualTo(plan.hash());
        assertThat(get("/plans?target=shop").body()).contains(plan.hash());
    }

    @Test
    void tenSendsAreOnePlanAndGetTheSameAnswer() throws Exception {
        String id = newId();
        String body = release("r-ten", "shop", INDEX);
        String first = post("/releases", id, body).body();
        for (int i = 1; i < 10; i++) {
            assertThat(post("/releases", id, body).body()).isEqualTo(first);
        }
        String last = newId();
        post("/releases", last, release("r-after-ten", "shop", INDEX));
        plan(last); // one target's releases are planned in order: whatever the ten led to is on the topic by now
        assertThat(plans(id)).hasSize(1);
    }

    @Test
    void aReleasePlannedBeforeARestartIsNotPlannedAgain() throws Exception {
        String id = PlannerServers.PLANNED_EARLIER;
        Records.send(RELEASES, "shop", Map.of("ce_specversion", "1.0", "ce_id", id, "ce_source", "/ci", "ce_type",
                "io.lockkeeper.release.requested.v1"), release("r-earlier", "shop", INDEX));
        String after = newId();
        post("/releases", after, release("r-after-earlier", "shop", INDEX));
        plan(after);
        assertThat(plans(id)).hasSize(1);
        assertThat(json(get("/releases/" + id)).path("state").asText()).isEqualTo("refused");
    }

    @Test
    void aBodyWithoutAnIdIsItsOwnId() throws Exception {
        String body = release("r-hash", "shop", INDEX);
        assertThat(json(post("/releases", null, body)).path("id").asText())
                .isEqualTo(json(post("/releases", null, body)).path("id").asText()).hasSize(64);
    }

    @Test
    void aBadReleaseIsRefusedWithItsPlaceAndTheTopicGoesOn() throws Exception {
        String bad = newId();
        String good = newId();
        post("/releases", bad, release("r-bad", "shop",
                file("1", "ALTER TABLE orders ADD COLUMN x int;\nALTER SYSTEM SET fsync = off;")));
        post("/releases", good, release("r-good", "shop", INDEX));
        PlanEvent.PlanRefused refused = MessageJson.mapper().readValue(plan(bad).value(),
                PlanEvent.PlanRefused.class);
        assertThat(refused.refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo("alter-system");
            assertThat(refusal.location().orElseThrow().line()).isEqualTo(2);
            assertThat(refusal.location().orElseThrow().statement()).isEqualTo(2);
            assertThat(refusal.location().orElseThrow().path()).isEqualTo("V1__x.sql");
        });
        assertThat(Records.headers(plan(good))).containsEntry("ce_type", "io.lockkeeper.plan.proposed.v1");
        await().untilAsserted(() -> assertThat(json(get("/releases/" + bad)).path("refusals").path(0).path("code")
                .asText()).isEqualTo("alter-system"));
    }

    @Test
    void whatIsWrongWithTheSetOfFilesIsSaidByCode() throws Exception {
        MigrationFile changed = new MigrationFile("1", "V1__x.sql", MigrationFile.checksum("other"), "SELECT 1",
                Optional.empty());
        assertThat(refusals(release("r1", "shop"))).containsExactly("empty-release");
        assertThat(refusals(release("r1", "shop", changed))).containsExactly("checksum-mismatch");
        assertThat(refusals(release("r1", "shop", INDEX, file("01", "SELECT 1"))))
                .containsExactly("duplicate-version");
        assertThat(refusals(release("r1", "shop", file("1", "CREATE TABEL x ()")))).containsExactly("syntax-error");
        assertThat(refusals(release("r1", "nowhere", INDEX))).containsExactly("unknown-target");
    }

    @Test
    void plansMadeOnRequestAreNotPublished() throws Exception {
        int before = Records.all(PLANS).size();
        HttpResponse<String> answer = post("/plans", null, release("r-dry", "shop", INDEX));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).path("steps")).hasSize(3);
        assertThat(Records.all(PLANS).stream().skip(before)
                .filter(found -> Records.headers(found).get("ce_subject").equals("r-dry"))).isEmpty();
    }

    @Test
    void aTargetThatDoesNotAnswerIsRefusedAfterAWhileAndHoldsUpNoOther() throws Exception {
        String gone = newId();
        String other = newId();
        post("/releases", gone, release("r-gone", "gone", INDEX));
        post("/releases", other, release("r-other", "shop", INDEX));
        plan(other);
        assertThat(plan(gone).value()).contains("target-unreachable");
        assertThat(post("/plans", null, release("r-gone", "gone", INDEX)).statusCode()).isEqualTo(503);
    }

    @Test
    void aRecordThatBreaksTheContractGoesToTheDeadLetterTopicWithTheReason() throws Exception {
        String marker = newId();
        Records.send(RELEASES, "shop", Map.of(), "{\"marker\":\"" + marker + "\"}");
        Records.send(RELEASES, "shop", Map.of("ce_specversion", "1.0", "ce_id", marker, "ce_source", "/ci", "ce_type",
                "io.lockkeeper.release.requested.v1"), "{\"target\":\"shop\", \"marker\":\"" + marker + "\"}");
        String after = newId();
        post("/releases", after, release("r-after", "shop", INDEX));
        plan(after);
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            List<ConsumerRecord<String, String>> dead = Records.all(RELEASES + ".dlq").stream()
                    .filter(found -> found.value().contains(marker)).toList();
            assertThat(dead).hasSize(2);
            assertThat(Records.headers(dead.get(0)).get("dead-letter-reason")).contains("ce_specversion");
            assertThat(Records.headers(dead.get(1)).get("dead-letter-reason")).contains("does not parse");
            assertThat(Records.headers(dead.get(1))).containsEntry("ce_id", marker);
        });
    }

    @Test
    void versionsAreAppendedToReleases() throws Exception {
        String id = newId();
        HttpResponse<String> answer = post("/versions/deployed", id,
                "{\"target\":\"shop\",\"release\":\"r1\",\"application\":\"shop\",\"version\":\"2\"}");
        assertThat(answer.statusCode()).isEqualTo(202);
        ConsumerRecord<String, String> found = Records.all(RELEASES).stream()
                .filter(r -> id.equals(Records.headers(r).get("ce_id"))).findFirst().orElseThrow();
        assertThat(Records.headers(found)).containsEntry("ce_type", "io.lockkeeper.version.deployed.v1");
        assertThat(MessageJson.mapper().readTree(found.value()).path("at").asText()).endsWith("Z");
    }

    @Test
    void versionThatIsReportedAgainIsANewEventUnlessItsTimeIsTheSame() throws Exception {
        String body = "{\"target\":\"shop\",\"release\":\"r1\",\"application\":\"shop\",\"version\":\"2\"%s}";
        String now = body.formatted("");
        String then = body.formatted(",\"at\":\"2026-11-22T08:00:00Z\"");

        assertThat(eventOf("deployed", now)).isNotEqualTo(eventOf("deployed", now));
        assertThat(eventOf("deployed", then)).isEqualTo(eventOf("deployed", then))
                .isNotEqualTo(eventOf("rolledback", then));
    }

    private String eventOf(String kind, String body) throws Exception {
        return json(post("/versions/" + kind, null, body)).path("id").asText();
    }

    @Test
    void writingNeedsTheTokenAndMalformedBodiesAreSaidToBeSo() throws Exception {
        HttpRequest bare = HttpRequest.newBuilder(service.resolve("/releases"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(release("r1", "shop", INDEX))).build();
        assertThat(HTTP.send(bare, HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(401);
        assertThat(HTTP.send(HttpRequest.newBuilder(service.resolve("/plans")).build(),
                HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(401);
        HttpResponse<String> malformed = post("/releases", null, "{\"target\":\"shop\"}");
        assertThat(malformed.statusCode()).isEqualTo(400);
        assertThat(json(malformed).path("code").asText()).isEqualTo("malformed");
        assertThat(get("/releases/never-sent").statusCode()).isEqualTo(404);
        assertThat(post("/versions/exploded", null, "{}").statusCode()).isEqualTo(404);
        assertThat(get("/q/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void kafkaClientsAreAsStrictAsTheyAreMeantToBe() {
        Map<String, ?> consumer = clients.getConsumer("releases").configuration();
        assertThat(consumer.get("auto.offset.reset")).isEqualTo("earliest");
        assertThat(consumer.get("group.id")).isEqualTo("lockkeeper-planner");
        assertThat(consumer.get("enable.auto.commit")).hasToString("false");
        for (String channel : List.of("plans", "releases-out")) {
            Map<String, ?> producer = clients.getProducer(channel).configuration();
            assertThat(producer.get("acks")).isEqualTo("all");
            assertThat(producer.get("enable.idempotence")).hasToString("true");
            assertThat(producer.get("max.request.size")).hasToString("8388608");
        }
    }

    private static final MigrationFile INDEX = file("1", "CREATE INDEX orders_status_idx ON orders (status);");

    private static MigrationFile file(String version, String sql) {
        return new MigrationFile(version, "V" + version + "__x.sql", MigrationFile.checksum(sql), sql,
                Optional.empty());
    }

    private static String release(String name, String target, MigrationFile... files) throws Exception {
        Application shop = new Application("shop", Optional.of("1"), "2",
                Optional.of(new SessionSelector(SessionSelector.By.APPLICATION_NAME, "shop/1")), Optional.empty());
        return MessageJson.mapper().writeValueAsString(
                new ReleaseRequested(target, name, shop, List.of(files), List.of(),
                        new Policy("demo", null, false, false, false, List.of())));
    }

    private List<String> refusals(String body) throws Exception {
        HttpResponse<String> answer = post("/plans", null, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
        return json(answer).path("refusals").findValuesAsText("code");
    }

    private static ConsumerRecord<String, String> plan(String releaseId) {
        await().atMost(Duration.ofSeconds(30)).until(() -> !plans(releaseId).isEmpty());
        return plans(releaseId).get(0);
    }

    private static List<ConsumerRecord<String, String>> plans(String releaseId) {
        return Records.all(PLANS).stream()
                .filter(found -> ("plan/" + releaseId).equals(Records.headers(found).get("ce_id"))).toList();
    }

    private HttpResponse<String> post(String path, String id, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve(path))
                .header("Authorization", "Bearer " + PlannerServers.TOKEN)
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body));
        if (id != null) {
            request.header("ce-id", id);
        }
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(service.resolve(path))
                .header("Authorization", "Bearer " + PlannerServers.TOKEN).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return MessageJson.mapper().readTree(answer.body());
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }
}
