package io.lockkeeper.observer.postgres;

import java.time.ZoneOffset;
import java.util.List;

import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.ReleaseEvent;
import io.lockkeeper.observer.session.ApplicationEvents;
import io.lockkeeper.observer.session.VersionEvent;
import io.lockkeeper.target.Session;

public final class SqlApplicationEvents implements ApplicationEvents {

    private final TargetConnection connection;

    public SqlApplicationEvents(TargetConnection connection) {
        this.connection = connection;
    }

    @Override
    public List<VersionEvent> of(String application) {
        return connection.session().query("""
                SELECT kind, application, version, at, received_at FROM lockkeeper_observer.application_event
                WHERE application = $1 ORDER BY received_at, at""", application).stream()
                .map(row -> new VersionEvent(VersionEvent.Kind.valueOf(row.getString("kind")),
                        row.getString("application"), row.getString("version"),
                        row.getOffsetDateTime("at").toInstant(), row.getOffsetDateTime("received_at").toInstant()))
                .toList();
    }

    /** Keeps an event once, however often it is sent. */
    public void keep(Envelope envelope, ReleaseEvent event) {
        Session session = connection.session();
        SqlObservationStore.prepare(session);
        VersionEvent version = VersionEvent.of(event);
        session.update("""
                INSERT INTO lockkeeper_observer.application_event (source, id, kind, application, version, release, at)
                VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING""", envelope.source().toString(),
                envelope.id(), version.kind().name(), version.application(), version.version(), event.release(),
                version.at().atOffset(ZoneOffset.UTC));
    }
}
