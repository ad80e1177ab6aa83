package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;

import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** Whoever still uses the old shape does so on a replica. */
@ExtendWith(WatchingParameter.class)
class ReplicaCallerFaultIT {

    private final Watching watching;

    ReplicaCallerFaultIT(Watching watching) {
        this.watching = watching;
    }

    @Test
    void callerOnAReplicaAloneIsSeenThere() throws Exception {
        try (TestPostgres reader = TestPostgres.launch(Map.of());
                TestDatabase replica = reader.createDatabase("replica")) {
            replica.execute("CREATE EXTENSION pg_stat_statements", "CREATE TABLE orders (id bigint, total numeric)");
            watchWith(replica);
            claim(EvidenceKind.CALLERS);
            watching.release.open(Gate.CONTRACT, 1);
            watching.awaitVerdict(Gate.CONTRACT, says("statements", Status.PASSED, "0 calls since"));

            replica.execute("SELECT total FROM orders");

            watching.awaitVerdict(Gate.CONTRACT, says("statements", Status.UNKNOWN, "1 call on " + replica.host()));
            watching.stopObserver();
        }
    }

    @Test
    void oldVersionOnAReplicaAloneKeepsTheGateClosedAndSoDoesAReplicaThatIsAway() throws Exception {
        try (TestPostgres reader = TestPostgres.launch(Map.of());
                TestDatabase replica = reader.createDatabase("replica")) {
            watchWith(replica);
            claim(EvidenceKind.OLD_SESSIONS);
            try (Connection old = replica.connect()) {
                old.setClientInfo("ApplicationName", "shop/1");
                watching.release.open(Gate.CONTRACT, 1);
                watching.awaitVerdict(Gate.CONTRACT, says("shop 1", Status.UNKNOWN, "1 session of the old version"));
            }
            watching.awaitDecision(Gate.CONTRACT, Decision.GO);

            reader.stop();
            watching.awaitVerdict(Gate.CONTRACT, says("shop 1", Status.UNKNOWN, "cannot be reached"));
            watching.stopObserver();
            reader.start();
        }
    }

    /** The release's target names a replica: another server with the observer's role, which is all that it needs here. */
    private void watchWith(TestDatabase replica) throws Exception {
        watching.stopObserver();
        TestDatabase database = watching.release.database();
        watching.release.restrict();
        replica.execute("CREATE ROLE observer_" + database.name() + " LOGIN PASSWORD '" + database.password()
                + "' IN ROLE pg_monitor");
        Files.writeString(watching.home.resolve("targets").resolve(TestRelease.TARGET + ".yaml"),
                "replicas: [\"postgresql://%s:%d/%s?sslmode=disable\"]\n".formatted(replica.host(), replica.port(),
                        replica.name()),
                StandardOpenOption.APPEND);
        watching.observe();
    }

    private void claim(EvidenceKind kind) throws SQLException {
        watching.release.claim(false, List.of(), Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, kind),
                List.of(new Watch.Retired(TestRelease.ORDERS, List.of("total"))));
        watching.arm();
    }
}
