package io.lockkeeper.executor.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

import org.junit.jupiter.api.Test;

class BatchSizeTest {

    private static final Duration TARGET = Duration.ofMillis(500);

    @Test
    void growsTowardsTheTargetButNeverMoreThanTwofold() {
        BatchSize size = new BatchSize(64, TARGET);

        size.took(64, Duration.ofMillis(10), TARGET);
        assertThat(size.blocks()).isEqualTo(128);
        size.took(128, Duration.ofMillis(400), TARGET);
        assertThat(size.blocks()).isEqualTo(160);
    }

    @Test
    void shrinksWhenABatchTakesTooLong() {
        BatchSize size = new BatchSize(64, TARGET);

        size.took(64, Duration.ofSeconds(5), TARGET);
        assertThat(size.blocks()).isEqualTo(32);
        size.failed();
        assertThat(size.blocks()).isEqualTo(16);
    }

    @Test
    void fewBlocksAreNotMadeFewerBecauseTheServerIsFarAway() {
        BatchSize size = new BatchSize(64, TARGET);
        for (int batches = 0; batches < 9; batches++) {
            size.took(size.blocks(), Duration.ofMillis(40), Duration.ofMillis(2));
        }
        assertThat(size.blocks()).isEqualTo(32);
        for (int batches = 0; batches < 9; batches++) {
            size.took(size.blocks(), Duration.ofSeconds(2), Duration.ofMillis(2));
        }
        assertThat(size.blocks()).as("too long wherever the server is").isEqualTo(1);
        for (int batches = 0; batches < 9; batches++) {
            size.took(size.blocks(), Duration.ofMillis(40), Duration.ofMillis(2));
        }
        assertThat(size.blocks()).as("a slow time does not count for good").isEqualTo(32);
    }

    @Test
    void lastBatchOfARangeSaysNothing() {
        BatchSize size = new BatchSize(64, TARGET);

        size.took(3, Duration.ofMillis(1), TARGET);

        assertThat(size.blocks()).isEqualTo(64);
    }

    @Test
    void neverBelowOneBlock() {
        BatchSize size = new BatchSize(1, TARGET);

        size.failed();

        assertThat(size.blocks()).isEqualTo(1);
    }

    @Test
    void rangesCoverEveryBlockOnce() {
        var ranges = BlockRange.split(4, 1, 101, 2, 9);

        assertThat(ranges).extracting(BlockRange::number).containsExactly(4, 5);
        assertThat(ranges).extracting(BlockRange::first).containsExactly(0L, 51L);
        assertThat(ranges).extracting(BlockRange::end).containsExactly(51L, 101L);
    }
}
