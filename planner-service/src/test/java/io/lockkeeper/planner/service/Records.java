package io.lockkeeper.planner.service;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

import io.lockkeeper.testbed.TestKafka;

/** Topics as a test reads and writes them. */
final class Records {

    private Records() {}

    /** Everything on the topic now. */
    static List<ConsumerRecord<String, String>> all(String topic) {
        Map<String, Object> settings = Map.of("bootstrap.servers", TestKafka.shared().bootstrap());
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<ConsumerRecord<String, String>> found = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
            }
            return found;
        }
    }

    static Map<String, String> headers(ConsumerRecord<String, String> found) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : found.headers()) {
            headers.put(header.key(), header.value() == null
                    ? null
                    : new String(header.value(), StandardCharsets.UTF_8));
        }
        return headers;
    }

    static void send(String topic, String key, Map<String, String> headers, String value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", TestKafka.shared().bootstrap());
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            ProducerRecord<String, String> sent = new ProducerRecord<>(topic, key, value);
            headers.forEach((name, text) -> sent.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
            producer.send(sent).get();
        }
    }
}
