package io.lockkeeper.planner.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

import io.lockkeeper.messages.WireNames;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestKafka;
import io.lockkeeper.testbed.TestPostgres;

/** A real broker with topics of this test's own, a real database, and a home with a token and two targets. */
public class PlannerServers implements QuarkusTestResourceLifecycleManager {

    static final String TOKEN = "4f".repeat(32);
    static final String PLANNED_EARLIER = "planned-earlier";
    static final String PREFIX = "planner" + UUID.randomUUID().toString().substring(0, 8) + ".";

    private static TestDatabase database;

    private Path home;

    static TestDatabase database() {
        return database;
    }

    @Override
    public Map<String, String> start() {
        try {
            home = Files.createTempDirectory("planner-home");
            Files.writeString(home.resolve("token"), TOKEN);
            database = TestPostgres.shared().createDatabase("planner");
            database.execute("CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL)");
            Path targets = Files.createDirectories(home.resolve("targets"));
            Path password = Files.writeString(targets.resolve("shop.password"), database.password());
            Files.writeString(targets.resolve("shop.yaml"), """
                    url: postgresql://%s:%d/%s
                    credentials:
                      default: { user: %s, password: "file:%s" }
                    """.formatted(database.host(), database.port(), database.name(), database.user(), password));
            Files.writeString(home.resolve("targets").resolve("gone.yaml"), """
                    url: postgresql://127.0.0.1:1/gone
                    credentials:
                      default: { user: nobody }
                    """);
        } catch (Exception e) {
            throw new IllegalStateException("cannot prepare the test", e);
        }
        TestKafka kafka = TestKafka.shared();
        kafka.createTopics(Stream.concat(WireNames.TOPICS.stream().map(topic -> PREFIX + topic),
                Stream.of(PREFIX + WireNames.RELEASES + WireNames.DEAD_LETTER_SUFFIX)).toList());
        publishAsAnEarlierPlanner();
        return Map.of("kafka.bootstrap.servers", kafka.bootstrap(), "lockkeeper.home", home.toString(),
                "lockkeeper.topic-prefix", PREFIX, "lockkeeper.planner.unreachable-after", "2s");
    }

    /** What is on {@code plans} when this planner starts. */
    private static void publishAsAnEarlierPlanner() {
        try {
            Records.send(PREFIX + WireNames.PLANS, "shop", Map.of("ce_specversion", "1.0", "ce_id",
                    "plan/" + PLANNED_EARLIER, "ce_source", "/lockkeeper/planner", "ce_type",
                    "io.lockkeeper.plan.refused.v1"),
                    "{\"target\":\"shop\",\"release\":\"r-earlier\",\"refusals\":[{\"code\":\"syntax-error\",\"message\":\"no SQL\"}]}");
        } catch (Exception e) {
            throw new IllegalStateException("cannot publish", e);
        }
    }

    @Override
    public void stop() {
        database.close();
        try (Stream<Path> files = Files.walk(home)) {
            for (Path path : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot remove " + home, e);
        }
    }

}
