package io.lockkeeper.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.stack.Stack;
import io.lockkeeper.messages.RunState;

/** Kafka is gone while rows are moved. */
class KafkaFaultIT {

    private final Stack stack = SharedStack.get();

    @Test
    void withoutKafkaForTwentySecondsTheRunGoesOnAndEveryEventArrivesOnce() throws Exception {
        goesOnAndEveryEventArrivesOnce("without_kafka_20s", Duration.ofSeconds(20));
    }

    @Test
    @Tag("campaign")
    void withoutKafkaForAMinuteTheRunGoesOnAndEveryEventArrivesOnce() throws Exception {
        goesOnAndEveryEventArrivesOnce("without_kafka_60s", Duration.ofSeconds(60));
    }

    private void goesOnAndEveryEventArrivesOnce(String target, Duration outage) throws Exception {
        try (LiveRelease release = new LiveRelease(stack, target)) {
            release.request();
            release.awaitRun("migrating", Duration.ofSeconds(90),
                    view -> view.state() == RunState.MIGRATING || LiveRelease.halted(view));
            long before = release.count("SELECT count(*) FROM lockkeeper.outbox");
            stack.kafka().stop();
            await().pollDelay(outage).atMost(outage.plusSeconds(5)).until(() -> true);
            assertThat(release.count("SELECT count(*) FROM lockkeeper.outbox"))
                    .as("the run goes on by its ledger").isGreaterThan(before);
            assertThat(release.count("SELECT count(*) FROM lockkeeper.outbox WHERE published_at IS NULL"))
                    .isPositive();
            stack.kafka().start();

            RunView migrated = release.awaitMigrated();
            assertThat(LiveRelease.halted(migrated)).isFalse();
            release.deployNewVersionAndRetireTheOld();
            release.assertCompletes();

            await().atMost(Duration.ofSeconds(60)).until(() -> release
                    .count("SELECT count(*) FROM lockkeeper.outbox WHERE published_at IS NULL") == 0);
            assertThat(idsOnTopics(target)).doesNotHaveDuplicates()
                    .containsExactlyInAnyOrderElementsOf(idsInOutbox(release));
        }
    }

    private static List<String> idsInOutbox(LiveRelease release) throws Exception {
        List<String> ids = new ArrayList<>();
        try (var statement = release.measure().createStatement();
                var rows = statement.executeQuery("SELECT id FROM lockkeeper.outbox")) {
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
        }
        return ids;
    }

    /** The executor's events about the target, from the topics' beginning to their present end. */
    private List<String> idsOnTopics(String target) {
        List<String> ids = new ArrayList<>();
        Map<String, Object> configuration = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, stack.bootstrap(),
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        try (var consumer = new KafkaConsumer<String, String>(configuration)) {
            TopicPartition topic = new TopicPartition("lockkeeper.outcomes", 0);
            consumer.assign(List.of(topic));
            consumer.seekToBeginning(List.of(topic));
            long end = consumer.endOffsets(List.of(topic)).get(topic);
            while (consumer.position(topic) < end) {
                for (ConsumerRecord<String, String> one : consumer.poll(Duration.ofSeconds(5))) {
                    if (target.equals(one.key())) {
                        ids.add(header(one, "ce_id").orElse("no ce_id"));
                    }
                }
            }
        }
        return ids;
    }

    private static Optional<String> header(ConsumerRecord<String, String> one, String name) {
        return Optional.ofNullable(one.headers().lastHeader(name))
                .map(found -> new String(found.value(), StandardCharsets.UTF_8));
    }
}
