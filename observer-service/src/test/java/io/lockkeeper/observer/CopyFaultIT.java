package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.Copy;
import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.testbed.TestDatabase;

/** One table should hold the rows of another, and does not, or not yet. */
@ExtendWith(WatchingParameter.class)
class CopyFaultIT {

    private static final String COPY = "totals-hold-orders";
    private static final Copy TOTALS = copy("SELECT id, total FROM orders",
            "SELECT order_id AS id, amount AS total FROM totals", "id");

    private final Watching watching;
    private final TestDatabase database;

    CopyFaultIT(Watching watching) throws SQLException {
        this.watching = watching;
        this.database = watching.release.database();
        // Another numeric type, another order on the disk, no key that the server knows of to be the same.
        database.execute("CREATE TABLE totals (amount double precision, order_id integer PRIMARY KEY)",
                "INSERT INTO totals SELECT total, id FROM orders ORDER BY id DESC");
    }

    private static Copy copy(String source, String target, String... key) {
        return new Copy(COPY, source, target, List.of(key), Severity.P1, Duration.ofSeconds(5), Optional.empty(),
                Optional.empty(), Optional.empty());
    }

    private void open(Gate gate, Copy copy, Watch.Retired... retired) throws SQLException {
        EvidenceProfile asking = Watching.asking(gate, EvidenceKind.OBSERVATION, EvidenceKind.PARITY);
        watching.release.claim(false, TestWatch.of(asking).retired(List.of(retired)).copies(copy));
        watching.arm();
        watching.release.open(gate, 1);
    }

    @Test
    void tablesOfTheSameRowsPassWithTheirCounts() throws SQLException {
        database.execute("UPDATE orders SET total = NULL WHERE id = 3",
                "UPDATE totals SET amount = NULL WHERE order_id = 3",
                "INSERT INTO orders VALUES (0, 'draft', 1)");
        open(Gate.CONTRACT, copy("SELECT id, total FROM orders WHERE status <> 'draft';",
                "SELECT order_id AS id, amount AS total FROM totals", "id"));

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.GO)).matches(says(COPY, Status.PASSED,
                "20000 rows in the source, 20000 in the target, checksums agree, 0 rows differ"));
    }

    @Test
    void rowThatTheCopyLostIsNoGoWithItsKeyUntilItIsThere() throws SQLException {
        database.execute("DELETE FROM totals WHERE order_id = 4711");
        open(Gate.CONTRACT, TOTALS);

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(COPY, Status.FAILED, "differing: 1, in flight: 0")
                        .and(says(COPY, Status.FAILED, "{\"id\": 4711}")));

        database.execute("INSERT INTO totals VALUES (4711, 4711)");
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    @Test
    void rowTooManyOrWithAnotherValueIsNoGo() throws SQLException {
        database.execute("UPDATE totals SET amount = 1 WHERE order_id = 12", "INSERT INTO totals VALUES (1, 90000)");
        open(Gate.CONTRACT, TOTALS);

        assertThat(watching.awaitVerdict(Gate.CONTRACT, says(COPY, Status.FAILED, "differing: 2")))
                .matches(verdict -> verdict.decision() == Decision.NO_GO)
                .matches(says(COPY, Status.FAILED, "{\"id\": 12} {\"id\": 90000}"));
    }

    @Test
    void rowThatIsThereTwiceIsNoGo() throws SQLException {
        database.execute("ALTER TABLE totals DROP CONSTRAINT totals_pkey", "CREATE INDEX ON totals (order_id)",
                "INSERT INTO totals VALUES (77, 77)");
        open(Gate.CONTRACT, TOTALS);

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(COPY, Status.FAILED, "{\"id\": 77}"));
    }

    @Test
    void tableThatWasNeverFilledIsNoGo() throws SQLException {
        database.execute("TRUNCATE totals");
        open(Gate.CONTRACT, TOTALS);

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(COPY, Status.FAILED, "differing: 1000"));
    }

    @Test
    void rowThatIsWrittenToBothSidesOneAfterTheOtherIsInFlight() throws SQLException {
        open(Gate.CONTRACT, TOTALS);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
        Thread writer = new Thread(() -> {
            try {
                for (int i = 0; i < 40; i++) {
                    database.execute("UPDATE orders SET total = total + 1 WHERE id = 5", "SELECT pg_sleep(0.05)",
                            "UPDATE totals SET amount = amount + 1 WHERE order_id = 5");
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();
        watching.neverNoGo(Gate.CONTRACT, writer);

        database.execute("UPDATE orders SET total = total + 1 WHERE id = 5");
        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(COPY, Status.FAILED, "{\"id\": 5}"));
    }

    @Test
    void rowLostWhileTheGateWaitedForSomethingElseIsMetByTheCompareThatCounts() throws SQLException {
        watching.release.claim(false, TestWatch.of(Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION,
                EvidenceKind.PARITY, EvidenceKind.OLD_SESSIONS)).copies(TOTALS));
        watching.arm();
        try (var old = watching.release.connectAs("shop/1")) {
            watching.release.open(Gate.CONTRACT, 1);
            watching.awaitVerdict(Gate.CONTRACT, says(COPY, Status.PASSED, "0 rows differ"));
            old.createStatement().execute("INSERT INTO orders VALUES (70000, 'late', 5)");
        }

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(COPY, Status.FAILED, "{\"id\": 70000}"));
        assertThat(watching.heard.verdicts(Gate.CONTRACT, 1))
                .noneMatch(verdict -> verdict.decision() == Decision.GO);
    }

    @Test
    void restartedObserverKnowsWhichRowDiffered() throws SQLException {
        database.execute("DELETE FROM totals WHERE order_id = 4711");
        open(Gate.CONTRACT, TOTALS);
        watching.awaitVerdict(Gate.CONTRACT,
                says(COPY, Status.FAILED, "20000 rows of the source held against 19999 of the target; keys"));
        watching.stopObserver();
        database.execute("UPDATE lockkeeper_observer.compare SET progress = jsonb_set(progress, '{source}', '1')");
        watching.observe();

        watching.awaitVerdict(Gate.CONTRACT, says(COPY, Status.FAILED, "1 rows of the source"));
    }

    @Test
    void copyThatCannotBeComparedIsUnknown() throws SQLException {
        open(Gate.CONTRACT, copy("SELECT id, total FROM orders", "SELECT order_id, amount FROM totals", "id"));
        watching.awaitVerdict(Gate.CONTRACT, says(COPY, Status.UNKNOWN, "give them the same names, with AS"));
        watching.neverGo(Gate.CONTRACT);
    }

    @Test
    void keyThatIsNullSomewhereIsUnknown() throws SQLException {
        database.execute("ALTER TABLE totals DROP CONSTRAINT totals_pkey",
                "ALTER TABLE totals ALTER order_id DROP NOT NULL",
                "INSERT INTO totals VALUES (1, NULL)");
        open(Gate.CONTRACT, TOTALS);

        watching.awaitVerdict(Gate.CONTRACT, says(COPY, Status.UNKNOWN, "is NULL in some row"));
        watching.neverGo(Gate.CONTRACT);
    }

    @Test
    void keyOfSeveralColumnsAndTypesIsCutIntoRanges() throws SQLException {
        database.execute(
                "CREATE TABLE lines (\"order\" bigint, \"Line\" text, at timestamptz, PRIMARY KEY (\"order\", \"Line\", at))",
                "INSERT INTO lines SELECT n / 3, 'l' || n, now() - n * interval '1 hour' FROM generate_series(1, 9000) n",
                "CREATE TABLE lines_new (LIKE lines INCLUDING ALL)", "INSERT INTO lines_new TABLE lines",
                "DELETE FROM lines_new WHERE \"Line\" = 'l8999'");
        open(Gate.CONTRACT, copy("TABLE lines", "TABLE lines_new", "order", "Line", "at"));

        assertThat(watching.awaitVerdict(Gate.CONTRACT,
                says(COPY, Status.FAILED, "9000 rows of the source held against 8999 of the target; keys")))
                .matches(says(COPY, Status.FAILED, "\"Line\": \"l8999\""));
    }

    @Test
    void tableInQuarantineWasJudgedBefore() throws SQLException {
        open(Gate.FINALIZE, TOTALS, new Watch.Retired(RelationName.of("public", "totals"), List.of()));

        assertThat(watching.awaitDecision(Gate.FINALIZE, Decision.GO))
                .matches(says(COPY, Status.PASSED, "judged at gate contract"));
    }

    @Test
    void profileAsksNothingOfACopyWhereItAsksNoParity() throws SQLException {
        watching.release.claim(false, TestWatch
                .of(TestRelease.profile(Map.of(Gate.ARMED, List.of(EvidenceKind.OBSERVATION, EvidenceKind.BASELINE))))
                .copies(TOTALS));
        watching.arm();

        assertThat(watching.heard.last(Gate.ARMED, 1).orElseThrow().evidence())
                .noneMatch(item -> item.subject().equals(COPY));
    }
}
