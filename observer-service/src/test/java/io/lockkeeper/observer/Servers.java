package io.lockkeeper.observer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;

import io.lockkeeper.messages.WireNames;
import io.lockkeeper.testbed.TestKafka;

/** A real broker with topics of our own, and an empty home. */
public final class Servers implements QuarkusTestResourceLifecycleManager {

    static final String PREFIX = "observer-it.";

    static final String TOKEN = "0f".repeat(32);

    private ReceivedAlerts alertmanager;

    @Override
    public Map<String, String> start() {
        TestKafka kafka = TestKafka.shared();
        List<String> topics = WireNames.TOPICS.stream().map(topic -> PREFIX + topic).toList();
        kafka.createTopics(topics);
        kafka.createTopics(topics.stream().map(topic -> topic + WireNames.DEAD_LETTER_SUFFIX).toList());
        try {
            Path home = Files.createTempDirectory("lockkeeper-observer-it");
            Files.writeString(home.resolve("token"), TOKEN);
            alertmanager = new ReceivedAlerts();
            return Map.of("lockkeeper.home", home.toString(), "lockkeeper.topic-prefix", PREFIX,
                    "kafka.bootstrap.servers", kafka.bootstrap(), "lockkeeper.alertmanager.url",
                    alertmanager.url().toString(), "lockkeeper.observer.registry", "200ms",
                    "lockkeeper.observer.poll", "100ms", "lockkeeper.observer.idle-poll", "200ms");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        if (alertmanager != null) {
            alertmanager.close();
        }
    }
}
