package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.testbed.TestDatabase;

/** A synchronisation that is there, enabled and unchanged, and wrong; and changes that the stream cannot tell whole. */
@ExtendWith(WatchingParameter.class)
class ParityFaultIT {

    private static final String PAIR = "orders.total";
    private static final String DROPS_ONE_IN_TEN_THOUSAND = "IF NEW.id % 10000 <> 1234 OR NEW.status = 'new'"
            + " THEN NEW.total_new := NEW.total; END IF;";

    private final Watching watching;
    private final TestDatabase database;

    ParityFaultIT(Watching watching) {
        this.watching = watching;
        this.database = watching.release.database();
    }

    private void passWithTrigger(String statements) throws SQLException {
        trigger(statements);
        pass();
    }

    /** @param statements of the trigger's function, written before the run */
    private void trigger(String statements) throws SQLException {
        database.execute("CREATE OR REPLACE FUNCTION sync() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + statements
                + " RETURN NEW; END $$");
    }

    private void pass() throws SQLException {
        watching.release.claim(true, List.of(),
                Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.PARITY));
        watching.arm();
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    @Test
    void triggerThatDropsOneWriteInTenThousandIsNoGoWithTheKey() throws SQLException {
        passWithTrigger(DROPS_ONE_IN_TEN_THOUSAND);

        database.execute("UPDATE orders SET total = total + 1, status = 'paid' WHERE id <= 10000");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(PAIR, Status.FAILED, "{\"id\": 1234}"));
    }

    @Test
    void withoutAStreamTheSameTriggerNeverPassesForWhatItWroteWhileTheGateWaited() throws SQLException {
        trigger(DROPS_ONE_IN_TEN_THOUSAND);
        watching.release.claim(false, List.of(), Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION,
                EvidenceKind.PARITY, EvidenceKind.OLD_SESSIONS));
        watching.arm();
        try (Connection old = watching.release.connectAs("shop/1")) {
            watching.release.open(Gate.CONTRACT, 1);
            watching.awaitVerdict(Gate.CONTRACT, says(PAIR, Status.PASSED, "20000 rows compared, 0 differ"));
            old.createStatement().execute("UPDATE orders SET total = total + 1, status = 'paid' WHERE id <= 10000");
        }

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(PAIR, Status.FAILED, "{\"id\": 1234}"));
        assertThat(watching.heard.verdicts(Gate.CONTRACT, 1))
                .noneMatch(verdict -> verdict.decision() == Decision.GO);
    }

    @Test
    void castThatLosesSomethingIsNoGoWithTheKey() throws SQLException {
        passWithTrigger("NEW.total_new := NEW.total::integer;");

        database.execute("UPDATE orders SET total = 10.5 WHERE id = 77");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(PAIR, Status.FAILED, "{\"id\": 77}"));
    }

    @Test
    void enumValueThatTheStreamHasNotMetIsNoGap() throws SQLException {
        database.execute("CREATE TYPE region AS ENUM ('north')",
                "ALTER TABLE orders ADD COLUMN region region NOT NULL DEFAULT 'north'");
        pass();

        // An added value sends no description of its type into the stream.
        database.execute("ALTER TYPE region ADD VALUE 'south'");
        database.execute("UPDATE orders SET region = 'south', total = 5 WHERE id = 5");
        watching.release.behindTheTrigger("UPDATE orders SET total = 60, region = 'south' WHERE id = 6");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(PAIR, Status.FAILED, "{\"id\": 6}"));
    }

    @Test
    void largeValueThatTheUpdateDidNotTouchIsReadFromTheRow() throws SQLException {
        database.execute("ALTER TABLE orders ADD COLUMN contract text",
                "ALTER TABLE orders ALTER COLUMN contract SET STORAGE EXTERNAL",
                "UPDATE orders SET contract = repeat('x', 20000) WHERE id = 8");
        pass();

        watching.release.behindTheTrigger("UPDATE orders SET total = 1000000 WHERE id = 8");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(PAIR, Status.FAILED, "{\"id\": 8}"));
    }

    @Test
    void shapeThatIsGeneratedIsComparedByTheServer() throws SQLException {
        database.execute("DROP TRIGGER zzzz_sync ON orders", "ALTER TABLE orders DROP COLUMN total_new",
                "ALTER TABLE orders ADD COLUMN total_new numeric GENERATED ALWAYS AS (round(total)) STORED",
                "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
                "CREATE TRIGGER zzzz_sync BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION nothing()");
        pass();

        database.execute("UPDATE orders SET total = 0.25 WHERE id = 9");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(PAIR, Status.FAILED, "{\"id\": 9}"));
    }

    @Test
    void columnThatComesMeanwhileChangesNothing() throws SQLException {
        pass();
        database.execute("ALTER TABLE orders ADD COLUMN later text DEFAULT 'x'",
                "UPDATE orders SET later = 'y', total = 3 WHERE id = 3");
        watching.release.behindTheTrigger("UPDATE orders SET total = 4 WHERE id = 10");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says(PAIR, Status.FAILED, "{\"id\": 10}"));
    }
}
