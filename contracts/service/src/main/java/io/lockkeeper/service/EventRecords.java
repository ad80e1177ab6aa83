package io.lockkeeper.service;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

import io.smallrye.reactive.messaging.kafka.IncomingKafkaRecord;
import io.smallrye.reactive.messaging.kafka.api.OutgoingKafkaRecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.eclipse.microprofile.reactive.messaging.Message;

import io.lockkeeper.messages.CloudEvents;
import io.lockkeeper.messages.Envelope;

/** Events as Kafka records and back. */
public final class EventRecords {

    /** The record broke the contract: nack with this, and it goes to the dead-letter topic with the reason. */
    public static final class ContractViolation extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public ContractViolation(String reason) {
            super(reason);
        }
    }

    private EventRecords() {}

    public static CloudEvents.Read read(IncomingKafkaRecord<String, byte[]> kafkaRecord) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : kafkaRecord.getHeaders()) {
            if (header.value() != null) {
                headers.put(header.key().toLowerCase(Locale.ROOT), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        return CloudEvents.read(headers, kafkaRecord.getPayload());
    }

    /** @param topic whole name, prefix included */
    public static Message<byte[]> write(String topic, Envelope envelope) {
        return write(topic, envelope.message().target(), CloudEvents.headers(envelope),
                CloudEvents.value(envelope.message()));
    }

    /** For an event that was put into its wire form earlier, in an outbox. */
    public static Message<byte[]> write(String topic, String key, Map<String, String> headers, String value) {
        RecordHeaders kafkaHeaders = new RecordHeaders();
        headers.forEach((name, text) -> kafkaHeaders.add(name, text.getBytes(StandardCharsets.UTF_8)));
        return Message.of(value.getBytes(StandardCharsets.UTF_8)).addMetadata(
                OutgoingKafkaRecordMetadata.<String>builder().withTopic(topic).withKey(key).withHeaders(kafkaHeaders)
                        .build());
    }
}
