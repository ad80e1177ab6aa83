package io.lockkeeper.executor.postgres;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;

import io.lockkeeper.executor.outbox.OutboxEvent;
import io.lockkeeper.executor.outbox.OutboxLedger;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.messages.CloudEvents;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.OutcomeEvent;
import io.lockkeeper.target.Session;

/** The outbox: events in their wire form, written in the open transaction of what they tell. */
public final class Outbox implements OutboxLedger {

    private static final URI SOURCE = URI.create("/lockkeeper/executor");

    /** @param id below the run's; a second event with this id is not written */
    void put(Session session, RunView run, String id, OutcomeEvent event) {
        put(session, run.id() + "/" + id, run.correlation(), run.causation(), event);
    }

    void put(Session session, String id, Optional<String> correlation, Optional<String> causation,
            OutcomeEvent event) {
        Envelope envelope = new Envelope(id, SOURCE, Instant.now(), correlation, causation, event);
        session.queue("""
                INSERT INTO lockkeeper.outbox (id, topic, key, headers, value)
                VALUES ($1::text, $2::text, $3::text, $4::text::jsonb, $5::text)
                ON CONFLICT (id) DO NOTHING
                """, id, envelope.topic(), event.target(), json(CloudEvents.headers(envelope)),
                CloudEvents.value(event));
    }

    @Override
    public boolean tryLock(Session session) {
        return session.query("SELECT pg_try_advisory_lock(hashtextextended('lockkeeper relay', 0)) AS locked").get(0)
                .getBoolean("locked");
    }

    @Override
    public List<OutboxEvent> next(Session session, int most) {
        return session.query("""
                SELECT sequence, topic, key, headers::text AS headers, value
                FROM lockkeeper.outbox WHERE published_at IS NULL ORDER BY sequence LIMIT $1::int
                """, most).stream()
                .map(row -> new OutboxEvent(row.getLong("sequence"), row.getString("topic"), row.getString("key"),
                        headers(row.getString("headers")), row.getString("value")))
                .toList();
    }

    @Override
    public void published(Session session, List<Long> sequences) {
        session.query("""
                UPDATE lockkeeper.outbox SET published_at = clock_timestamp() WHERE sequence = ANY ($1::bigint[])
                """, (Object) sequences.toArray(Long[]::new));
    }

    @Override
    public void trim(Session session, Duration keep) {
        // Ids begin with the run's; those of progress have the number of their transaction and never come again.
        session.query("""
                DELETE FROM lockkeeper.outbox WHERE sequence IN (
                  SELECT o.sequence FROM lockkeeper.outbox o
                  WHERE o.published_at IS NOT NULL
                    AND (o.id LIKE '%/progress/%'
                      OR o.published_at < clock_timestamp() - $1::float8 * interval '1 second'
                        AND NOT EXISTS (SELECT FROM lockkeeper.run r WHERE r.id = split_part(o.id, '/', 1)
                          AND r.state NOT IN ('COMPLETED', 'ABORTED', 'REVERTED')))
                  LIMIT 5000)
                """, keep.toMillis() / 1000.0);
    }

    static String json(Object value) {
        try {
            return MessageJson.mapper().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + value.getClass().getSimpleName() + " as JSON", e);
        }
    }

    private static Map<String, String> headers(String text) {
        try {
            return MessageJson.mapper().readValue(text, new TypeReference<Map<String, String>>() {
            });
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the outbox holds headers that are no JSON object", e);
        }
    }
}
