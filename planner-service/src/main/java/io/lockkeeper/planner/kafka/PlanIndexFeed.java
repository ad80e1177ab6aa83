package io.lockkeeper.planner.kafka;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

import io.lockkeeper.messages.CloudEvents;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.WireNames;
import io.lockkeeper.planner.intake.PlanIndex;

/**
 * Reads {@code plans} from its beginning into the index, without a consumer group: every planner reads all of it. Nothing
 * is planned before the index has caught up, or a release could be planned twice after a restart.
 */
@ApplicationScoped
class PlanIndexFeed {

    private static final Logger LOG = Logger.getLogger(PlanIndexFeed.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final int MOST_BYTES = 8 * 1024 * 1024;

    private final PlanIndex index;
    private final Map<String, Object> broker;
    private final String topic;
    private final CountDownLatch caughtUp = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread reader = new Thread(this::run, "plan-index");

    PlanIndexFeed(PlanIndex index, @Identifier("default-kafka-broker") Map<String, Object> broker,
            @ConfigProperty(name = "lockkeeper.topic-prefix") String prefix) {
        this.index = index;
        this.broker = broker;
        this.topic = prefix + WireNames.PLANS;
    }

    void start(@Observes StartupEvent ignored) {
        reader.setDaemon(true);
        reader.start();
    }

    /** Returns once the index holds everything that was on the topic when this planner started. */
    void awaitCaughtUp() throws InterruptedException {
        caughtUp.await();
    }

    boolean isCaughtUp() {
        return caughtUp.getCount() == 0;
    }

    private void run() {
        boolean told = false;
        while (stopped.getCount() > 0) {
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings())) {
                follow(consumer);
            } catch (KafkaException | IllegalStateException e) {
                if (!told) {
                    LOG.warnf(e, "plans cannot be read, trying again: topic=%s", topic);
                    told = true;
                }
                pause();
            }
        }
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic, Duration.ofSeconds(10)).stream()
                .map(info -> new TopicPartition(topic, info.partition())).toList();
        if (partitions.isEmpty()) {
            throw new IllegalStateException("there is no topic " + topic);
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (stopped.getCount() > 0) {
            for (ConsumerRecord<byte[], byte[]> found : consumer.poll(POLL)) {
                add(found);
            }
            if (!isCaughtUp() && ends.entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                LOG.infof("plans read: topic=%s", topic);
                caughtUp.countDown();
            }
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> found) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : found.headers()) {
            if (header.value() != null) {
                headers.put(header.key().toLowerCase(Locale.ROOT), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        CloudEvents.Read read = CloudEvents.read(headers, found.value());
        if (read instanceof CloudEvents.Accepted accepted && accepted.envelope().message() instanceof PlanEvent event) {
            index.add(PlanIndex.releaseEventId(accepted.envelope().id()), event);
        } else {
            LOG.warnf("record on plans is no plan: partition=%d offset=%d", found.partition(), found.offset());
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(broker);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, MOST_BYTES);
        settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return settings;
    }

    private void pause() {
        try {
            stopped.await(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped.countDown();
        }
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopped.countDown();
        reader.join(TimeUnit.SECONDS.toMillis(5));
    }
}
