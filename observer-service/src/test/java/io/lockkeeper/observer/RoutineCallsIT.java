package io.lockkeeper.observer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.observer.postgres.SqlObservationStore;
import io.lockkeeper.observer.postgres.TargetConnection;
import io.lockkeeper.target.Role;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** The view of calls follows the server's counters, whatever becomes of them. */
class RoutineCallsIT {

    @TempDir
    Path home;

    private TestDatabase database;
    private SqlObservationStore store;

    @Test
    void callsOfSevenDaysSurviveAResetAndARename() throws SQLException {
        Vertx vertx = Vertx.vertx();
        try (TestRelease release = new TestRelease(TestPostgres.shared(), home);
                TargetConnection connection = new TargetConnection(vertx, release.target(), Role.OBSERVER, "judge")) {
            database = release.database();
            database.execute("ALTER DATABASE " + database.name() + " SET track_functions = 'all'", "CREATE SCHEMA app",
                    "CREATE FUNCTION app.total(n int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN n; END'");
            store = new SqlObservationStore(connection);
            store.prepare();
            call("total", 5);
            await().until(() -> column("SELECT calls FROM pg_stat_user_functions").equals(List.of("5")));
            store.countRoutineCalls();
            assertThat(view()).as("of the time before the first look nothing is known")
                    .containsExactly("app.total(integer) 0 1");

            call("total", 3);
            awaitCounted("app.total(integer) 3 1");
            database.execute("SELECT pg_stat_reset()");
            store.countRoutineCalls();
            call("total", 4);
            awaitCounted("app.total(integer) 7 1");

            database.execute("ALTER FUNCTION app.total(int) RENAME TO total__lk_1");
            call("total__lk_1", 1);
            awaitCounted("app.total(integer) 7 1", "app.total__lk_1(integer) 1 1");

            database.execute("DROP FUNCTION app.total__lk_1(int)",
                    "UPDATE lockkeeper_observer.routine_calls SET hour = hour - interval '9 days'");
            store.countRoutineCalls();
            assertThat(view()).isEmpty();
        } finally {
            vertx.close();
        }
    }

    private void awaitCounted(String... lines) {
        await().untilAsserted(() -> {
            store.countRoutineCalls();
            assertThat(view()).containsExactly(lines);
        });
    }

    private void call(String routine, int times) throws SQLException {
        database.execute("SELECT app." + routine + "(n) FROM generate_series(1, " + times + ") n");
    }

    private List<String> view() throws SQLException {
        return column("SELECT concat_ws(' ', routine, calls, watched_hours)"
                + " FROM lockkeeper_observer.routine_calls_of_seven_days ORDER BY routine");
    }

    private List<String> column(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = database.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }
}
