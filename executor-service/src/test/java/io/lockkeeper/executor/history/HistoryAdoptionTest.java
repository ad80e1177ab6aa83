package io.lockkeeper.executor.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lockkeeper.messages.Plan.FileVersion;

class HistoryAdoptionTest {

    @Test
    void whatTheToolHasAppliedIsTakenAndTheRestIsLeftInOrder() {
        var adoption = HistoryAdoption.of("public.t", List.of(row("2"), row("1")), files("10", "1", "2", "9"),
                Map.of());

        assertThat(adoption).isInstanceOfSatisfying(HistoryAdoption.Taken.class, taken -> {
            assertThat(taken.applied()).extracting(FileVersion::version).containsExactly("1", "2");
            assertThat(taken.pending()).containsExactly("9", "10");
        });
    }

    @Test
    void rowThatStandsForAllBeforeItCoversThem() {
        var last = new AppliedVersion("9", Optional.empty(), true, true);
        var adoption = HistoryAdoption.of("public.t", List.of(last), files("001", "009", "010"), Map.of());

        assertThat(((HistoryAdoption.Taken) adoption).applied()).extracting(FileVersion::version)
                .containsExactly("001", "009");
    }

    @ParameterizedTest
    @CsvSource({"1, 001", "1, 1.0", "1.2, 1.02", "20240101000000, 2024-01-01-000000", "10, 10"})
    void oneVersionIsWrittenInManyWays(String table, String file) {
        var adoption = HistoryAdoption.of("public.t", List.of(row(table)), files(file), Map.of());

        assertThat(((HistoryAdoption.Taken) adoption).pending()).isEmpty();
    }

    @Test
    void whatDoesNotFitIsRefusedByName() {
        assertThat(refusal(HistoryAdoption.of("public.t", List.of(row("7")), files("1"), Map.of())))
                .contains("public.t", "[7]", "no file");
        assertThat(refusal(HistoryAdoption.of("public.t",
                List.of(new AppliedVersion("1", Optional.empty(), false, false)), files("1"), Map.of())))
                .contains("[1]", "repair");
        assertThat(refusal(HistoryAdoption.of("public.t",
                List.of(new AppliedVersion("1", Optional.of(8), true, false)), files("1"), Map.of())))
                .contains("V1.sql", "checksum");
        assertThat(refusal(HistoryAdoption.of("public.t", List.of(row("1")), files("1"), Map.of("1", "sha256:other"))))
                .contains("V1.sql", "checksum");
    }

    private static String refusal(HistoryAdoption adoption) {
        return ((HistoryAdoption.Refused) adoption).message();
    }

    private static AppliedVersion row(String version) {
        return new AppliedVersion(version, Optional.empty(), true, false);
    }

    private static List<FileVersion> files(String... versions) {
        return Arrays.stream(versions)
                .map(version -> new FileVersion(version, "db/V" + version + ".sql", "sha256:0", Optional.of(7)))
                .toList();
    }
}
