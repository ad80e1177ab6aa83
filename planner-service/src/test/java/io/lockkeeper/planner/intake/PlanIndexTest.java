package io.lockkeeper.planner.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Refusal;

class PlanIndexTest {

    private final PlanIndex index = new PlanIndex();

    @Test
    void theFirstPlanOfAReleaseEventCounts() {
        index.add("e1", refused("first"));
        index.add("e1", refused("second"));
        assertThat(index.find("e1")).contains(refused("first"));
        assertThat(PlanIndex.releaseEventId(PlanIndex.planEventId("a/b"))).isEqualTo("a/b");
    }

    @Test
    void oldPlansAreForgottenButNotThatTheyWereMade() {
        index.add("oldest", refused("oldest"));
        for (int i = 0; i < 2_000; i++) {
            index.add("e" + i, refused("r" + i));
        }
        assertThat(index.find("oldest")).isEmpty();
        assertThat(index.isPlanned("oldest")).isTrue();
        assertThat(index.isRequested("oldest")).isTrue();
        assertThat(index.isRequested("never")).isFalse();
    }

    private static PlanEvent refused(String release) {
        return new PlanEvent.PlanRefused("shop", release, List.of(
                new Refusal("syntax-error", "no SQL", Optional.empty(), Optional.empty(), Optional.empty())));
    }
}
