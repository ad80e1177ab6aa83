package io.lockkeeper.testbed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class KafkaForTestsIT {

    private final String topic = "topic-" + UUID.randomUUID();

    @Test
    void sharedBrokerCarriesMessagesAndCannotBeBroken() throws Exception {
        var shared = TestKafka.shared();
        assertThat(TestKafka.shared()).isSameAs(shared);
        shared.createTopics(List.of(topic));
        shared.createTopics(List.of(topic));
        try (var producer = producer(shared)) {
            producer.send(new ProducerRecord<>(topic, "one")).get(20, TimeUnit.SECONDS);
        }
        assertThat(read(shared, 1)).containsExactly("one");
        shared.deleteTopics(List.of(topic));
        assertThatThrownBy(shared::stop).hasMessageContaining("other tests use it");
        assertThatThrownBy(shared::close).hasMessageContaining("TestKafka.launch");
    }

    @Test
    void brokerOfItsOwnIsPausedKilledAndRestartedWithItsMessages() throws Exception {
        try (var broker = TestKafka.launch()) {
            broker.createTopics(List.of(topic), 1);
            var address = broker.bootstrap();
            try (var producer = producer(broker)) {
                producer.send(new ProducerRecord<>(topic, "one")).get(20, TimeUnit.SECONDS);
                broker.pause();
                Future<RecordMetadata> late = producer.send(new ProducerRecord<>(topic, "two"));
                assertThatThrownBy(() -> late.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
                broker.resume();
                late.get(20, TimeUnit.SECONDS);
            }
            broker.kill();
            broker.start();
            assertThat(broker.bootstrap()).isEqualTo(address);
            assertThat(read(broker, 2)).containsExactly("one", "two");
            broker.restart();
            assertThat(read(broker, 2)).containsExactly("one", "two");
        }
    }

    private List<String> read(TestKafka broker, int count) {
        var partition = new TopicPartition(topic, 0);
        var values = new ArrayList<String>();
        try (var consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", broker.bootstrap()),
                new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            var until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (values.size() < count && System.nanoTime() < until) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
            }
        }
        return values;
    }

    private static KafkaProducer<String, String> producer(TestKafka broker) {
        return new KafkaProducer<>(Map.of("bootstrap.servers", broker.bootstrap()), new StringSerializer(),
                new StringSerializer());
    }
}
