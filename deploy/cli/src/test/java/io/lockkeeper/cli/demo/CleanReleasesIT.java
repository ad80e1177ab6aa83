package io.lockkeeper.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;

/** A release with nothing wrong ends in GO at every gate, however often, while the shop is used. */
@Tag("campaign")
class CleanReleasesIT {

    @RepeatedTest(20)
    void cleanReleaseIsNeverNoGo(RepetitionInfo repetition) throws Exception {
        try (LiveRelease release = new LiveRelease(SharedStack.get(), "clean_" + repetition.getCurrentRepetition())) {
            release.request();
            release.finish();

            assertThat(release.count("SELECT count(*) FROM lockkeeper_observer.verdict WHERE decision = 'NO_GO'"))
                    .isZero();
            assertThat(release.count("""
                    SELECT count(*) FROM lockkeeper.gate g WHERE NOT EXISTS (
                        SELECT 1 FROM lockkeeper_observer.verdict v
                        WHERE (v.run, v.gate, v.attempt, v.decision) = (g.run, g.gate, g.attempt, 'GO'))
                    """)).as("gates without a GO").isZero();
        }
    }
}
