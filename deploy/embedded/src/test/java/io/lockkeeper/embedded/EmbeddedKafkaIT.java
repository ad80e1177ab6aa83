package io.lockkeeper.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EmbeddedKafkaIT {

    private static EmbeddedKafka broker;
    private String topic;

    @BeforeAll
    static void startBroker() {
        broker = EmbeddedKafka.builder().start();
    }

    @AfterAll
    static void closeBroker() {
        var directory = broker.directory();
        broker.close();
        assertThat(directory).doesNotExist();
    }

    @BeforeEach
    void createTopic() {
        topic = "topic-" + UUID.randomUUID();
        broker.createTopics(List.of(topic));
    }

    @Test
    void messagesComeBackAfterAnOrderlyRestart() throws Exception {
        produce("one", "two");
        assertThat(consume(2)).containsExactly("one", "two");
        var address = broker.bootstrap();
        broker.restart();
        assertThat(broker.bootstrap()).isEqualTo(address);
        produce("three");
        assertThat(consume(3)).containsExactly("one", "two", "three");
    }

    @Test
    void messagesComeBackAfterAKill() throws Exception {
        produce("one", "two");
        broker.kill();
        assertThat(broker.running()).isFalse();
        broker.start();
        produce("three");
        assertThat(consume(3)).containsExactly("one", "two", "three");
    }

    @Test
    void pausedBrokerAnswersWhenItIsResumed() throws Exception {
        try (var producer = producer()) {
            producer.send(new ProducerRecord<>(topic, "before")).get(20, TimeUnit.SECONDS);
            broker.pause();
            Future<RecordMetadata> during = producer.send(new ProducerRecord<>(topic, "during"));
            try {
                assertThat(broker.paused()).isTrue();
                assertThatThrownBy(() -> during.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            } finally {
                broker.resume();
            }
            during.get(20, TimeUnit.SECONDS);
        }
        assertThat(consume(2)).containsExactly("before", "during");
    }

    @Test
    void topicsExistOnlyWhenCreated() {
        broker.createTopics(List.of(topic, topic));
        try (var producer = producer(Map.of("max.block.ms", "500"))) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("never-created", "x")).get())
                    .isInstanceOf(ExecutionException.class).hasMessageContaining("never-created");
        }
        assertThatThrownBy(() -> broker.createTopics(List.of("no/such/name")))
                .isInstanceOf(EmbeddedServerException.class).hasMessageContaining("no/such/name");
    }

    @Test
    void brokerThatDoesNotStartIsQuoted() {
        assertThatThrownBy(() -> EmbeddedKafka.builder().property("num.io.threads", "none").start())
                .isInstanceOf(EmbeddedServerException.class).hasMessageContaining("did not start")
                .hasMessageContaining("Invalid value none for configuration num.io.threads");
    }

    private void produce(String... values) throws Exception {
        try (var producer = producer()) {
            for (var value : values) {
                producer.send(new ProducerRecord<>(topic, value)).get(20, TimeUnit.SECONDS);
            }
        }
    }

    private List<String> consume(int count) {
        var values = new ArrayList<String>();
        Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrap(), "group.id",
                "group-" + UUID.randomUUID(), "auto.offset.reset", "earliest", "group.protocol", "consumer");
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            var deadline = Deadline.in(Duration.ofSeconds(20));
            while (values.size() < count && !deadline.passed()) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }

    private static KafkaProducer<String, String> producer() {
        return producer(Map.of());
    }

    private static KafkaProducer<String, String> producer(Map<String, Object> more) {
        var settings = new HashMap<String, Object>(more);
        settings.put("bootstrap.servers", broker.bootstrap());
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }
}
