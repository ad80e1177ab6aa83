package io.lockkeeper.target;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

@Timeout(120)
class EncryptionIT {

    /** The server has room for some fifty connections that have not said who they are, for a minute each. */
    @Test
    void askingAServerThatDoesNotEncryptTakesNoPlaceFromOthers() throws Exception {
        try (TestPostgres server = TestPostgres.launch(Map.of("max_connections", "10", "max_wal_senders", "0",
                "wal_level", "replica", "max_replication_slots", "0"));
                TestDatabase database = server.createDatabase("plain")) {
            Target there = TestTarget.of(database, database.host(), "?sslmode=prefer");
            Target gone = new Target("gone", URI.create("postgresql://" + there.host() + ":" + there.port() + "/gone"),
                    there.credentials(), Optional.empty(), Optional.empty(), Map.of());
            for (int times = 0; times < 150; times++) {
                assertThatExceptionOfType(SqlFailure.class).isThrownBy(() -> open(gone))
                        .withMessage("database \"gone\" does not exist");
            }
            open(there);
        }
    }

    private static void open(Target target) {
        Session.open(TestTarget.VERTX, target, Role.MIGRATOR, "test").close();
    }
}
