package io.lockkeeper.observer.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.Gauge;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.gate.Finding;

class GaugeCheckTest {

    @Test
    void numberWithinItsLimitsPasses() {
        assertThat(judge("1", "10", "", "", "5", "5").passed()).isTrue();
    }

    @Test
    void numberBeyondALimitFails() {
        assertThat(judge("1", "10", "", "", "0", "5").violation()).isTrue();
        assertThat(judge("1", "10", "", "", "11", "5").violation()).isTrue();
    }

    @Test
    void numberIsHeldAgainstWhatItWasBeforeTheRun() {
        assertThat(judge("", "", "0.5", "2", "100", "100").passed()).isTrue();
        Finding fewer = judge("", "", "0.5", "2", "49", "100");
        assertThat(fewer.violation()).isTrue();
        assertThat(fewer.evidence().measure()).isEqualTo("49; before the run 100");
        assertThat(fewer.evidence().limit()).isEqualTo("at least 0.5 times the baseline, at most 2 times the baseline");
        assertThat(judge("", "", "0.5", "2", "201", "100").violation()).isTrue();
    }

    @Test
    void withoutABaselineARelativeLimitIsUnknown() {
        Finding finding = judge("", "", "0.5", "", "100", "");

        assertThat(finding.passed()).isFalse();
        assertThat(finding.violation()).isFalse();
        assertThat(finding.evidence().measure()).contains("not known");
    }

    @Test
    void whatCannotBeReadIsUnknownWhateverTheSeverity() {
        Finding finding = GaugeCheck.judge(gauge(Severity.P3, "1", "", "", ""), Optional.empty(),
                new GaugeReader.Unreadable("not answered within 5 ms"), new Lsn(1));

        assertThat(finding.decisive()).isTrue();
        assertThat(finding.passed()).isFalse();
    }

    private static Finding judge(String atLeast, String atMost, String atLeastTimes, String atMostTimes, String value,
            String before) {
        return GaugeCheck.judge(gauge(Severity.P1, atLeast, atMost, atLeastTimes, atMostTimes), number(before),
                new GaugeReader.Value(new BigDecimal(value)), new Lsn(1));
    }

    private static Gauge gauge(Severity severity, String atLeast, String atMost, String atLeastTimes,
            String atMostTimes) {
        return new Gauge("orders", "SELECT 1", new Gauge.Limits(number(atLeast), number(atMost), number(atLeastTimes),
                number(atMostTimes)), severity, null, Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static Optional<BigDecimal> number(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(new BigDecimal(text));
    }
}
