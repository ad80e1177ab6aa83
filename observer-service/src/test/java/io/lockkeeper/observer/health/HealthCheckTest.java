package io.lockkeeper.observer.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.Evidence.Status;
import io.lockkeeper.observer.gate.Finding;

class HealthCheckTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration BUDGET = Duration.ofMillis(500);
    private static final Duration GAP = Duration.ofSeconds(10);

    private final HealthHistory history = new HealthHistory(Duration.ofSeconds(1));

    @Test
    void quietTargetIsHealthy() {
        history.add(counters(0, 1000, 10, 0));
        history.add(counters(10, 2000, 20, 0));

        assertThat(judge(10)).filteredOn(Finding::decisive).allSatisfy(
                finding -> assertThat(finding.passed()).as(finding.evidence().toString()).isTrue());
    }

    @Test
    void waitBeyondTheLockBudgetIsAViolation() {
        history.add(counters(0, 1000, 10, 0));
        history.add(List.of(victim(100), victim(499)));
        assertThat(judged("lock victims", 1).passed()).isTrue();

        history.add(List.of(victim(501)));

        Finding finding = judged("lock victims", 1);
        assertThat(finding.violation()).isTrue();
        assertThat(finding.evidence().measure()).contains("1 beyond the budget").contains("501 ms");
    }

    @Test
    void waitBeforeTheWindowIsForgotten() {
        history.add(List.of(victim(600)));
        history.add(counters(60, 1000, 10, 0));

        HealthCheck later = new HealthCheck(BUDGET, Optional.of(counters(-10, 900, 9, 0)), history,
                BEGIN.plusSeconds(30), BEGIN.plusSeconds(60));

        assertThat(later.judge(GAP)).filteredOn(finding -> finding.evidence().subject().equals("lock victims"))
                .allSatisfy(finding -> assertThat(finding.passed()).isTrue());
    }

    @Test
    void moreRollbacksThanBeforeAreAViolation() {
        history.add(counters(0, 1000, 10, 0));
        history.add(counters(10, 1900, 110, 0));

        assertThat(judged("rollbacks", 10).violation()).isTrue();
    }

    @Test
    void fewTransactionsSayNothingAboutRates() {
        history.add(counters(0, 1000, 10, 0));
        history.add(counters(10, 1010, 20, 0));

        assertThat(judged("rollbacks", 10).passed()).isTrue();
    }

    @Test
    void deadlockIsAViolationWhereThereWasNoneBefore() {
        history.add(counters(0, 1000, 10, 0));
        history.add(counters(10, 2000, 20, 1));

        assertThat(judged("deadlocks", 10).violation()).isTrue();
    }

    @Test
    void resetStatisticsSayNothing() {
        history.add(counters(0, 1000, 10, 0));
        history.add(counters(10, 5, 0, 0));

        assertThat(judged("rollbacks", 10).evidence().status()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void withoutBaselineNothingIsProven() {
        history.add(counters(0, 1000, 10, 0));
        history.add(counters(10, 2000, 20, 0));
        HealthCheck blind = new HealthCheck(BUDGET, Optional.empty(), history, BEGIN, BEGIN.plusSeconds(10));

        assertThat(blind.judge(GAP)).filteredOn(finding -> finding.evidence().subject().equals("rollbacks"))
                .allSatisfy(finding -> assertThat(finding.evidence().status()).isEqualTo(Status.UNKNOWN));
    }

    @Test
    void oldStatisticsSayNothingAboutNow() {
        history.add(counters(0, 1000, 10, 0));

        assertThat(judged("lock victims", 30).evidence().status()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void sessionsThatQueueForLocksAreAViolation() {
        history.add(counters(0, 1000, 10, 0));
        history.add(counters(5, 1500, 15, 0, 6));
        history.add(counters(10, 2000, 20, 0));

        assertThat(judged("lock waits", 10).violation()).isTrue();
    }

    @Test
    void timeInWhichNobodyLookedProvesNothing() {
        history.add(counters(0, 1000, 10, 0));
        history.add(counters(60, 2000, 20, 0));

        assertThat(judged("watch", 60).evidence().status()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void missingViewIsSaidAndDoesNotBlock() {
        history.add(counters(0, 1000, 10, 0));
        history.add(counters(10, 2000, 20, 0));

        Finding finding = judged("function calls", 10);
        assertThat(finding.evidence().status()).isEqualTo(Status.UNKNOWN);
        assertThat(finding.decisive()).isFalse();
    }

    private Finding judged(String subject, int second) {
        return judge(second).stream().filter(finding -> finding.evidence().subject().equals(subject)).findFirst()
                .orElseThrow();
    }

    private List<Finding> judge(int second) {
        return new HealthCheck(BUDGET, Optional.of(counters(-10, 900, 9, 0)), history, BEGIN,
                BEGIN.plusSeconds(second)).judge(GAP);
    }

    private static Victim victim(int millis) {
        return new Victim(millis, "shop/1", BEGIN, Duration.ofMillis(millis));
    }

    private static Counters counters(int second, long commits, long rollbacks, long deadlocks) {
        return counters(second, commits, rollbacks, deadlocks, 0);
    }

    private static Counters counters(int second, long commits, long rollbacks, long deadlocks, long lockWaiters) {
        return new Counters(BEGIN.plusSeconds(second), Optional.empty(), commits, rollbacks, deadlocks, 0,
                OptionalLong.empty(), Map.of("public.orders", 3L),
                OptionalLong.empty(), lockWaiters, 10, 100, 0, new Counters.Blocks(0, 0), 0);
    }
}
