package io.lockkeeper.messages;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MigrationFileTest {

    @Test
    void flywaysChecksumIsOverTheLinesWithoutTheirEnds() {
        // The check value that every description of CRC-32 states for these nine digits.
        assertThat(MigrationFile.crc32("123456789")).isEqualTo(0xCBF43926);
        assertThat(MigrationFile.crc32("1234\r\n5678\n9\n")).isEqualTo(0xCBF43926);
        assertThat(MigrationFile.crc32("")).isZero();
    }
}
