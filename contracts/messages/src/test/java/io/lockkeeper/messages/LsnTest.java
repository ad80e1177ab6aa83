package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    @ParameterizedTest
    @CsvSource({"0/0,0", "0/1,1", "16/B374D848,97500059720", "0/FFFFFFFF,4294967295", "1/0,4294967296",
            "FFFFFFFF/FFFFFFFF,-1"})
    void textAndValueAgree(String text, long value) {
        assertThat(Lsn.parse(text)).isEqualTo(new Lsn(value)).hasToString(text);
    }

    @Test
    void lowerCaseAndLeadingZerosAreReadAndNotWritten() {
        assertThat(Lsn.parse("00000016/0b374d8")).hasToString("16/B374D8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "0", "0/", "/0", "0/0/0", "-1/0", "+1/0", "0/-1", "0/123456789", "g/0", " 0/0",
            "0 /0",
            "0/0\n", "٣/0"})
    void whatThePgLsnTypeWouldNotReadIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Lsn.parse(text)).withMessageContaining("not an LSN");
    }

    @Test
    void nullIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Lsn.parse(null));
    }

    @Test
    void orderIsUnsigned() {
        Lsn high = Lsn.parse("80000000/0");
        Lsn low = Lsn.parse("7FFFFFFF/FFFFFFFF");
        assertThat(high).isGreaterThan(low);
        assertThat(high.atLeast(low)).isTrue();
        assertThat(high.atLeast(high)).isTrue();
        assertThat(low.atLeast(high)).isFalse();
    }

    @Test
    void jsonIsTheText() throws Exception {
        assertThat(MessageJson.mapper().writeValueAsString(new Lsn(26))).isEqualTo("\"0/1A\"");
        assertThat(MessageJson.mapper().readValue("\"0/1a\"", Lsn.class)).isEqualTo(new Lsn(26));
    }
}
