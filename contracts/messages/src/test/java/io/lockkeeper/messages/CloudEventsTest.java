package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CloudEventsTest {

    private static final String RESUME = "{\"target\":\"shop\",\"release\":\"r1\",\"by\":\"ada\"}";

    @Test
    void headersAreThoseOfBinaryMode() {
        Envelope envelope = new Envelope("run/step/1", URI.create("/lockkeeper/executor"),
                Instant.parse("2026-11-21T09:10:00Z"), Optional.of("request-1"), Optional.of("plan-1"),
                new Control.Resume("shop", "r1", "ada"));
        assertThat(CloudEvents.headers(envelope)).containsOnly(entry("content-type", "application/json"),
                entry("ce_specversion", "1.0"), entry("ce_id", "run/step/1"),
                entry("ce_source", "/lockkeeper/executor"), entry("ce_type", "io.lockkeeper.control.resume.v1"),
                entry("ce_time", "2026-11-21T09:10:00Z"), entry("ce_subject", "r1"), entry("ce_partitionkey", "shop"),
                entry("ce_correlationid", "request-1"), entry("ce_causationid", "plan-1"));
        assertThat(envelope.topic()).isEqualTo("controls");
    }

    static java.util.List<Sample> samples() {
        return Sample.current();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void eventSurvivesTheWayThroughARecord(Sample sample) throws Exception {
        Envelope sent = new Envelope("1", URI.create("/test"), Instant.parse("2026-11-21T09:10:00.123456Z"),
                Optional.empty(), Optional.of("0"), sample.message());
        assertThat(CloudEvents.read(CloudEvents.headers(sent),
                CloudEvents.value(sent.message()).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new CloudEvents.Accepted(sent));
    }

    @Test
    void timeAndOriginMayBeMissing() {
        Map<String, String> headers = headers();
        headers.remove("ce_time");
        headers.remove("content-type");
        assertThat(CloudEvents.read(headers, RESUME.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new CloudEvents.Accepted(new Envelope("1", URI.create("/cli"), Instant.EPOCH,
                        Optional.empty(), Optional.empty(), new Control.Resume("shop", "r1", "ada"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ce_specversion | ''                                | header ce_specversion is missing: not a CloudEvent in binary mode
            ce_id          | ''                                | header ce_id is missing: not a CloudEvent in binary mode
            ce_source      | ''                                | header ce_source is missing: not a CloudEvent in binary mode
            ce_type        | ''                                | header ce_type is missing: not a CloudEvent in binary mode
            ce_specversion | 0.3                               | ce_specversion 0.3 is not 1.x
            ce_type        | io.lockkeeper.control.resume.v2   | ce_type io.lockkeeper.control.resume.v2 is not known here
            ce_source      | not a uri                         | ce_source not a uri is not a URI reference
            ce_time        | yesterday                         | ce_time yesterday is not a time like 2026-01-31T12:00:00Z
            content-type   | application/avro                  | content-type application/avro is not application/json
            """)
    void brokenHeaderIsRejectedByName(String header, String value, String reason) {
        Map<String, String> headers = headers();
        headers.put(header, value);
        assertThat(CloudEvents.read(headers, RESUME.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new CloudEvents.Rejected(reason));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
            null                                              | the record's value is null
            {"target":"shop","release":"r1"}                  | does not parse: by is missing: state it
            {"target":"shop","release":" ","by":"ada"}        | does not parse: release is missing: state it
            {"target":"shop","release":["r1"],"by":"ada"}     | does not parse: release: Cannot deserialize value of type `String`
            {"target":"shop","release":"r1","by":"ada"        | does not parse: Unexpected end-of-input
            {"target":"shop","release":"r1","by":"ada"} {}    | does not parse: Trailing token
            {"target":"a","release":"r1","by":"b","by":"c"}   | does not parse: Duplicate field 'by'
            [1]                                               | does not parse: Cannot deserialize value of type `Resume`
            "x"                                               | does not parse: Cannot construct instance of `Resume`
            """)
    void brokenValueIsRejectedWithAReason(String value, String reason) {
        CloudEvents.Read read = CloudEvents.read(headers(), value.getBytes(StandardCharsets.UTF_8));
        assertThat(read).isInstanceOfSatisfying(CloudEvents.Rejected.class,
                rejected -> assertThat(rejected.reason()).contains(reason).hasLineCount(1)
                        .doesNotContain("messages."));
    }

    @Test
    void aRecordWithoutValueIsRejected() {
        assertThat(CloudEvents.read(headers(), null)).isEqualTo(new CloudEvents.Rejected("the record has no value"));
        assertThat(CloudEvents.read(headers(), new byte[0])).isInstanceOf(CloudEvents.Rejected.class);
        assertThat(CloudEvents.read(headers(), new byte[]{(byte) 0xff, 0})).isInstanceOf(CloudEvents.Rejected.class);
    }

    @Test
    void unknownKindOfActionIsRejectedWithItsPlace() {
        String plan = Sample.of("plan.proposed.v1", "shop").tree().toString().replaceFirst("\"kind\":\"ddl\"",
                "\"kind\":\"truncate\"");
        Map<String, String> headers = headers();
        headers.put("ce_type", "io.lockkeeper.plan.proposed.v1");
        assertThat(CloudEvents.read(headers, plan.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(new CloudEvents.Rejected("io.lockkeeper.plan.proposed.v1 does not parse: "
                        + "plan.steps[0].undo.actions[0]: kind truncate is not known here"));
    }

    private static Map<String, String> headers() {
        Map<String, String> headers = new HashMap<>();
        headers.put("content-type", "application/json; charset=UTF-8");
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", "1");
        headers.put("ce_source", "/cli");
        headers.put("ce_type", "io.lockkeeper.control.resume.v1");
        headers.put("ce_time", "2026-11-21T09:10:00Z");
        return headers;
    }
}
