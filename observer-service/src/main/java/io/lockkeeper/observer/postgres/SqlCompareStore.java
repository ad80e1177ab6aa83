package io.lockkeeper.observer.postgres;

import java.util.Optional;

import io.lockkeeper.observer.parity.CompareStore;

public final class SqlCompareStore implements CompareStore {

    private final TargetConnection connection;

    public SqlCompareStore(TargetConnection connection) {
        this.connection = connection;
    }

    @Override
    public void save(String compare, Object progress) {
        connection.session().update("""
                INSERT INTO lockkeeper_observer.compare (id, progress) VALUES ($1, $2::text::jsonb)
                ON CONFLICT (id) DO UPDATE SET progress = excluded.progress, updated_at = now()""", compare,
                Json.write(progress));
    }

    @Override
    public <T> Optional<T> load(String compare, Class<T> progress) {
        return connection.session()
                .query("SELECT progress::text AS progress FROM lockkeeper_observer.compare WHERE id = $1", compare)
                .stream().findFirst().map(row -> Json.read(row.getString("progress"), progress));
    }

    @Override
    public void delete(String compare) {
        connection.session().update("DELETE FROM lockkeeper_observer.compare WHERE id = $1", compare);
    }
}
