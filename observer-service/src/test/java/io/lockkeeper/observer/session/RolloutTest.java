package io.lockkeeper.observer.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lockkeeper.messages.Application;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.session.VersionEvent.Kind;

class RolloutTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Application SHOP = new Application("shop", Optional.of("1"), "2", Optional.empty(),
            Optional.empty());

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // events in time order       | is the new one there | is the old one gone
            "''                           | waiting | waiting",
            "DEPLOYED 2                   | passed  | waiting",
            "DEPLOYED 2, RETIRED 1        | passed  | passed",
            "RETIRED 1                    | waiting | passed",
            "DEPLOYED 2, ROLLED_BACK 2    | failed  | waiting",
            "DEPLOYED 2, RETIRED 2        | failed  | waiting",
            "ROLLED_BACK 2, DEPLOYED 2    | passed  | waiting",
            "RETIRED 1, DEPLOYED 1        | waiting | waiting",
            "DEPLOYED 3, RETIRED 0        | waiting | waiting"})
    void theLastWordOnEachVersionCounts(String events, String deployed, String retired) {
        List<Finding> findings = Rollout.judge(SHOP, events(events));

        assertThat(findings).extracting(RolloutTest::outcome).containsExactly(deployed, retired);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'' | -1", "DEPLOYED 2, RETIRED 1 | -1", "DEPLOYED 2, ROLLED_BACK 2 | 1",
            "RETIRED 1, DEPLOYED 1, DEPLOYED 2 | 1", "ROLLED_BACK 3, RETIRED 1 | -1"})
    void oldVersionIsBackOnceTheNewOneIsRolledBackOrTheOldOneDeployed(String events, int second) {
        assertThat(Rollout.turnedBack(SHOP, events(events)))
                .isEqualTo(second < 0 ? Optional.empty() : Optional.of(START.plusSeconds(second)));
    }

    @Test
    void whereClocksAndOrderDisagreeTheVersionIsNotThere() {
        VersionEvent deployed = new VersionEvent(Kind.DEPLOYED, "shop", "2", START.plusSeconds(300), START);
        VersionEvent backByASlowClock = new VersionEvent(Kind.ROLLED_BACK, "shop", "2", START, START.plusSeconds(60));

        assertThat(Rollout.judge(SHOP, List.of(deployed, backByASlowClock))).extracting(RolloutTest::outcome)
                .containsExactly("failed", "waiting");
        assertThat(Rollout.turnedBack(SHOP, List.of(deployed, backByASlowClock))).contains(START.plusSeconds(60));

        VersionEvent back = new VersionEvent(Kind.ROLLED_BACK, "shop", "2", START.plusSeconds(10), START);
        VersionEvent delayed = new VersionEvent(Kind.DEPLOYED, "shop", "2", START, START.plusSeconds(60));
        assertThat(Rollout.judge(SHOP, List.of(back, delayed))).extracting(RolloutTest::outcome)
                .containsExactly("failed", "waiting");
    }

    private static String outcome(Finding finding) {
        if (finding.passed()) {
            return "passed";
        }
        return finding.violation() ? "failed" : "waiting";
    }

    private static List<VersionEvent> events(String text) {
        List<VersionEvent> events = new ArrayList<>();
        for (String event : text.isBlank() ? new String[0] : text.split(", ")) {
            String[] words = event.strip().split(" ");
            events.add(new VersionEvent(Kind.valueOf(words[0]), "shop", words[1],
                    START.plusSeconds(events.size()), START.plusSeconds(events.size())));
        }
        return events;
    }
}
