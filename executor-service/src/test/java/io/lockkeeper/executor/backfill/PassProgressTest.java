package io.lockkeeper.executor.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PassProgressTest {

    private final PassProgress progress = new PassProgress();

    /** Otherwise the share of a held worker would never be done once the others have ended. */
    @Test
    void workerMovesUpWhenThoseBeforeItHaveEnded() {
        progress.begin(0, 0);
        assertThat(progress.before(0)).isZero();
        assertThat(progress.before(2)).isEqualTo(2);
        progress.ended(0);
        assertThat(progress.before(1)).isZero();
        assertThat(progress.before(2)).isEqualTo(1);
        progress.begin(0, 0);
        assertThat(progress.before(2)).isEqualTo(2);
    }
}
