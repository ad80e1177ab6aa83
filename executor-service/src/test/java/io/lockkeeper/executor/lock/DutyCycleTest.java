package io.lockkeeper.executor.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

import org.junit.jupiter.api.Test;

class DutyCycleTest {

    @Test
    void whoWaitedShortlyIsLeftAloneNineTimesAsLong() {
        assertThat(DutyCycle.rest(Duration.ofMillis(200))).isEqualTo(Duration.ofMillis(1800));
        assertThat(DutyCycle.rest(Duration.ZERO)).isZero();
    }
}
