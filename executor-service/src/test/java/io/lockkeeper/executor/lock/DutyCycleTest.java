package io.lockkeeper.executor.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.lockkeeper.executor.testing.Plans;
import io.lockkeeper.messages.Step.LockClaim;

class DutyCycleTest {

    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final List<LockClaim> ORDERS = Plans.exclusive("orders");

    private final DutyCycle duty = new DutyCycle();

    @Test
    void tableAtWhichSomebodyWaitedIsLeftAloneNineTimesAsLong() {
        duty.waited("shop", ORDERS, Duration.ofMillis(200), NOW);
        assertThat(duty.free("shop", ORDERS)).isEqualTo(NOW.plusMillis(1800));
        duty.waited("shop", ORDERS, Duration.ofMillis(20), NOW.plusMillis(10));
        assertThat(duty.free("shop", ORDERS)).isEqualTo(NOW.plusMillis(1800));
    }

    @Test
    void otherTablesAndTargetsAndWhatNobodyWaitedForAreFree() {
        duty.waited("shop", ORDERS, Duration.ofMillis(200), NOW);
        assertThat(duty.free("shop", Plans.exclusive("items"))).isBefore(NOW);
        assertThat(duty.free("other", ORDERS)).isBefore(NOW);
        duty.waited("shop", Plans.exclusive("items"), Duration.ZERO, NOW);
        assertThat(duty.free("shop", Plans.exclusive("items"))).isBefore(NOW);
        assertThat(duty.free("shop", List.of())).isBefore(NOW);
    }
}
