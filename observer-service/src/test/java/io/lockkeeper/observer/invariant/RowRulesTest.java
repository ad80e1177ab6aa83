package io.lockkeeper.observer.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.RowRule;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Keys;
import io.lockkeeper.observer.invariant.RuleLanguage.Absent;
import io.lockkeeper.observer.invariant.RuleLanguage.Outcome;
import io.lockkeeper.observer.invariant.RuleLanguage.RowChange;
import io.lockkeeper.observer.invariant.RuleLanguage.Seen;

/** The language of these tests: a row does what its column {@code does} says. */
class RowRulesTest {

    private static final RelationName ORDERS = RelationName.of("public", "orders");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String KEY = "{\"id\":1}";

    private int violations;
    private final RowRules rules = new RowRules(
            List.of(new RowRule("r", ORDERS, "does", Severity.P3, Optional.empty(), Optional.empty(),
                    Optional.empty())),
            text -> new Does(), Clock.fixed(NOW, ZoneOffset.UTC), () -> violations++);
    private final RowRules.Batch batch = rules.batch(Map.of());

    @Test
    void rowThatViolatesFailsUntilItsNextChangeHolds() {
        add(KEY, new RuleLanguage.Violated());
        add("{\"id\":2}", new RuleLanguage.Holds());

        assertThat(finding().evidence().measure()).isEqualTo("1 row in violation; 2 changes evaluated; keys " + KEY);

        add(KEY, new RuleLanguage.Holds());

        assertThat(finding().passed()).isTrue();
    }

    @Test
    void violationIsToldOnceItCanBeSeen() {
        add(KEY, new RuleLanguage.Violated());
        assertThat(violations).isZero();

        batch.kept();

        assertThat(violations).isOne();
    }

    @Test
    void changeThatCannotBeJudgedIsUnknownWhateverTheSeverity() {
        add(KEY, new RuleLanguage.Unknown("the stream did not bring before.total"));

        assertThat(finding().passed()).isFalse();
        assertThat(finding().decisive()).isTrue();
        assertThat(finding().evidence().measure()).contains("before.total");
    }

    @Test
    void deletedRowConcernsNoRuleOverTheNewRowAlone() {
        add(KEY, new RuleLanguage.Violated());
        batch.add(ORDERS, KEY, new RowChange("delete", does(new RuleLanguage.Violated()), new Absent()));

        assertThat(finding().passed()).isTrue();
    }

    @Test
    void whatTheStreamMissedStaysUnknownUntilAPersonOpensTheGateAgain() {
        batch.missed(ORDERS, "the table was truncated");

        assertThat(finding().evidence().measure()).contains("truncated").contains("a further attempt");
        assertThat(judge(NOW.plusSeconds(1)).passed()).isTrue();
    }

    @Test
    void moreRowsThanAreKeptAreNeverForgiven() {
        for (int id = 0; id <= 1000; id++) {
            add("{\"id\":" + id + "}", new RuleLanguage.Violated());
        }
        for (int id = 0; id <= 1000; id++) {
            add("{\"id\":" + id + "}", new RuleLanguage.Holds());
        }

        assertThat(finding().passed()).isFalse();
    }

    @Test
    void withoutAStreamNobodyKnows() {
        Finding finding = RowRuleCheck.judge(watch(), Map.of(), Optional.empty(), Keys.AS_THEY_ARE, Instant.MIN).get(0);

        assertThat(finding.decisive()).isTrue();
        assertThat(finding.evidence().measure()).contains("no change stream follows public.orders");
    }

    private void add(String key, Outcome outcome) {
        batch.add(ORDERS, key, new RowChange("update", new Absent(), does(outcome)));
    }

    private static Seen does(Outcome outcome) {
        return new Seen(Map.of("does", outcome), Set.of());
    }

    private Finding finding() {
        return judge(Instant.MIN);
    }

    private Finding judge(Instant since) {
        return RowRuleCheck.judge(watch(), rules.rejected(), Optional.of(batch.standing()), Keys.AS_THEY_ARE,
                since).get(0);
    }

    private static Watch watch() {
        Duration second = Duration.ofSeconds(1);
        return new Watch(Optional.empty(), List.of(new Watch.WatchedRelation(ORDERS, List.of("id"), true)), List.of(),
                List.of(), new Application("shop", Optional.empty(), "2", Optional.empty(), Optional.empty()),
                new EvidenceProfile("test", second, 1, second, second, second, second, second, 0, Map.of()),
                List.of(), List.of(new RowRule("r", ORDERS, "does", Severity.P3, Optional.empty(), Optional.empty(),
                        Optional.empty())),
                List.of());
    }

    private record Does() implements RuleLanguage.Rule {

        @Override
        public boolean knowsMoreThanAfter() {
            return false;
        }

        @Override
        public Outcome of(RowChange change) {
            return (Outcome) ((Seen) change.after()).values().get("does");
        }
    }
}
