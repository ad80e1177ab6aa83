package io.lockkeeper.cli.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HumanDurationTest {

    @ParameterizedTest
    @CsvSource({"500ms, 500", "5s, 5000", "1h30m, 5400000", "2d, 172800000", "1m 5s, 65000", "PT0.5S, 500", "0s, 0"})
    void readsWhatPeopleWrite(String text, long millis) {
        assertThat(HumanDuration.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 apples", "-5s", "5sx", "x5s", "99999999999s", "P"})
    void refusesWhatItDoesNotUnderstand(String text) {
        assertThatThrownBy(() -> HumanDuration.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no duration: write 500ms, 5s");
    }

    @Test
    void writesShortly() {
        assertThat(HumanDuration.format(Duration.ofMillis(87))).isEqualTo("87ms");
        assertThat(HumanDuration.format(Duration.ofMillis(12_340))).isEqualTo("12.3s");
        assertThat(HumanDuration.format(Duration.ofSeconds(65))).isEqualTo("1m 5s");
        assertThat(HumanDuration.format(Duration.ofMinutes(90))).isEqualTo("1h 30m");
    }
}
