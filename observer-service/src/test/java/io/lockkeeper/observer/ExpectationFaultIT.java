package io.lockkeeper.observer;

import static io.lockkeeper.observer.Watching.says;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Gauge;
import io.lockkeeper.messages.RowRule;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.testbed.TestDatabase;

/** What the release says must hold, row by row as they change and number by number, and does not. */
@ExtendWith(WatchingParameter.class)
class ExpectationFaultIT {

    private final Watching watching;
    private final TestDatabase database;

    ExpectationFaultIT(Watching watching) {
        this.watching = watching;
        this.database = watching.release.database();
    }

    @Test
    void rowThatViolatesARuleIsNoGoWithItsKeyUntilAChangeRepairsIt() throws SQLException {
        pass(rule("double(after.total) >= 0.0"));

        database.execute("UPDATE orders SET total = -1 WHERE id = 42");
        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says("rule", Status.FAILED, "1 row in violation").and(says("rule", Status.FAILED, "42")));
        watching.stopObserver();
        watching.observe();
        watching.awaitVerdict(Gate.CONTRACT, says("rule", Status.FAILED, "1 row in violation"));

        database.execute("UPDATE orders SET total = 1 WHERE id = 42");
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    @Test
    void transitionIsKnownWhereTheWalHoldsTheRowAsItWas() throws SQLException {
        database.execute("ALTER TABLE orders REPLICA IDENTITY FULL");
        pass(rule("op == 'insert' || before.status != 'shipped' || op == 'update' && after.status == 'shipped'"));

        database.execute("UPDATE orders SET status = 'shipped' WHERE id <= 3",
                "INSERT INTO orders VALUES (30001, 'shipped', 1)", "DELETE FROM orders WHERE id = 9");
        database.execute("DELETE FROM orders WHERE id = 2");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO)).matches(says("rule", Status.FAILED,
                "1 row in violation; 6 changes evaluated; keys {\"id\":2}"));
    }

    @Test
    void withoutTheRowAsItWasATransitionIsUnknown() throws SQLException {
        pass(rule("op == 'insert' || before.status != 'shipped'"));

        database.execute("UPDATE orders SET status = 'paid' WHERE id = 4");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.INCONCLUSIVE))
                .matches(says("rule", Status.UNKNOWN, "the stream did not bring before"));
        watching.awaitVerdict(Gate.CONTRACT, verdict -> verdict.decision() == Decision.INCONCLUSIVE);
    }

    @Test
    void largeValueThatTheUpdateDidNotTouchIsUnknownToARuleThatNeedsIt() throws SQLException {
        database.execute("ALTER TABLE orders ADD COLUMN contract text",
                "ALTER TABLE orders ALTER COLUMN contract SET STORAGE EXTERNAL",
                "UPDATE orders SET contract = repeat('x', 20000) WHERE id = 8");
        pass(rule("after.contract == null || size(after.contract) > 10"));

        database.execute("UPDATE orders SET total = 7 WHERE id = 7");
        database.execute("UPDATE orders SET total = 8 WHERE id = 8");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.INCONCLUSIVE))
                .matches(says("rule", Status.UNKNOWN, "1 row could not be judged"));
    }

    @Test
    void truncatedTableIsUnknownToARule() throws SQLException {
        pass(rule("double(after.total) >= 0.0"));

        database.execute("TRUNCATE orders");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.INCONCLUSIVE))
                .matches(says("rule", Status.UNKNOWN, "the table was truncated"));
    }

    @Test
    void ruleThatIsNoneIsSaidBeforeTheFirstStep() throws SQLException {
        claim(List.of(rule("after.total >=")), List.of());
        watching.release.publish();
        watching.release.open(Gate.ARMED, 1);

        watching.awaitVerdict(Gate.ARMED, says("target", Status.UNKNOWN, "these row rules cannot be read"));
    }

    @Test
    void gaugeThatFallsAgainstItsBaselineIsNoGo() throws SQLException {
        Gauge gauge = new Gauge("open-orders", "SELECT count(*) FROM orders WHERE status = 'new'",
                new Gauge.Limits(Optional.empty(), Optional.empty(), Optional.of(new BigDecimal("0.5")),
                        Optional.empty()),
                Severity.P1, null, Optional.empty(), Optional.empty(), Optional.empty());
        claim(List.of(), List.of(gauge));
        watching.arm();
        watching.release.open(Gate.CONTRACT, 1);
        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.GO))
                .matches(says("open-orders", Status.PASSED, "20000; before the run 20000"));

        database.execute("UPDATE orders SET status = 'paid' WHERE id <= 15000");

        assertThat(watching.awaitDecision(Gate.CONTRACT, Decision.NO_GO))
                .matches(says("open-orders", Status.FAILED, "5000; before the run 20000"));
    }

    private void pass(RowRule rule) throws SQLException {
        claim(List.of(rule), List.of());
        watching.arm();
        watching.release.open(Gate.CONTRACT, 1);
        watching.awaitDecision(Gate.CONTRACT, Decision.GO);
    }

    private void claim(List<RowRule> rules, List<Gauge> gauges) throws SQLException {
        watching.release.claim(true, TestWatch.of(
                Watching.asking(Gate.CONTRACT, EvidenceKind.OBSERVATION, EvidenceKind.INVARIANTS)).rules(rules)
                .gauges(gauges));
    }

    private static RowRule rule(String holds) {
        return new RowRule("rule", TestRelease.ORDERS, holds, Severity.P1, Optional.empty(), Optional.empty(),
                Optional.empty());
    }
}
