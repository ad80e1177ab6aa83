package io.lockkeeper.observer.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SnapshotTest {

    private static final long EPOCH = 1L << 32;

    @ParameterizedTest
    @CsvSource({"742, true", "743, false", "744, true", "745, false", "746, true", "747, false", "900, false"})
    void seesWhatIsOver(long transaction, boolean seen) {
        assertThat(Snapshot.parse("743:747:743,745").sees(transaction)).isEqualTo(seen);
    }

    @Test
    void nothingRuns() {
        assertThat(Snapshot.parse("747:747:").sees(746)).isTrue();
        assertThat(Snapshot.parse("747:747:").sees(747)).isFalse();
    }

    @Test
    void transactionComesWithoutItsEpoch() {
        Snapshot later = new Snapshot(7 * EPOCH + 100, 7 * EPOCH + 100, Set.of());
        assertThat(later.sees(99)).isTrue();
        assertThat(later.sees(100)).isFalse();
        assertThat(later.sees(EPOCH - 1)).as("of the epoch before").isTrue();
    }

    @Test
    void transactionOfTheNextEpochIsNotSeen() {
        Snapshot atTheEnd = new Snapshot(8 * EPOCH - 2, 8 * EPOCH - 2, Set.of());
        assertThat(atTheEnd.sees(3)).isFalse();
        assertThat(atTheEnd.sees(EPOCH - 3)).isTrue();
    }
}
