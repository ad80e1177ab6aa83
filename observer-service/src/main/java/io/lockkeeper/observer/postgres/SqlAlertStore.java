package io.lockkeeper.observer.postgres;

import java.util.List;

import io.lockkeeper.observer.alert.Alert;
import io.lockkeeper.observer.alert.AlertStore;

public final class SqlAlertStore implements AlertStore {

    private final TargetConnection connection;

    public SqlAlertStore(TargetConnection connection) {
        this.connection = connection;
    }

    @Override
    public void save(Alert alert) {
        boolean announced = alert.raisedAnnounced() && (alert.firing() || alert.resolvedAnnounced());
        connection.session().update("""
                INSERT INTO lockkeeper_observer.alert (id, run, firing, announced, body)
                VALUES ($1, $2, $3, $4, $5::text::jsonb)
                ON CONFLICT (id) DO UPDATE SET firing = excluded.firing, announced = excluded.announced,
                    body = excluded.body, updated_at = now()""", alert.id(), alert.raised().run(), alert.firing(),
                announced, Json.write(alert));
    }

    @Override
    public List<Alert> recent() {
        return connection.session().query("""
                SELECT body::text AS body FROM lockkeeper_observer.alert
                WHERE firing OR NOT announced OR updated_at > now() - interval '10 minutes'""").stream()
                .map(row -> Json.read(row.getString("body"), Alert.class)).toList();
    }
}
