package io.lockkeeper.observer.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.lockkeeper.messages.AlertEvent.AlertRaised;
import io.lockkeeper.messages.AlertEvent.AlertResolved;
import io.lockkeeper.messages.Severity;

class PagerRoundTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final List<List<Alert>> pages = new ArrayList<>();
    private boolean taken = true;
    private final PagerRound round = new PagerRound((alerts, now) -> {
        pages.add(alerts);
        return taken;
    });

    @Test
    void firingAlertIsSaidAgainBeforeItIsForgotten() {
        for (int second = 0; second <= 60; second++) {
            round.page(List.of(firing()), NOW.plusSeconds(second));
        }

        assertThat(pages).hasSize(3);
    }

    @Test
    void resolutionIsSaidAtOnce() {
        round.page(List.of(firing()), NOW);
        round.page(List.of(resolved()), NOW.plusSeconds(1));

        assertThat(pages).containsExactly(List.of(firing()), List.of(resolved()));
    }

    @Test
    void whatWasNotTakenIsSaidSoon() {
        taken = false;
        round.page(List.of(firing()), NOW);
        taken = true;
        round.page(List.of(firing()), NOW.plusSeconds(1));
        assertThat(pages).hasSize(1);
        round.page(List.of(firing()), NOW.plusSeconds(6));
        round.page(List.of(firing()), NOW.plusSeconds(7));

        assertThat(pages).hasSize(2);
    }

    @Test
    void silenceIsNotSaid() {
        round.page(List.of(), NOW);

        assertThat(pages).isEmpty();
    }

    private static Alert firing() {
        return new Alert(1, new AlertRaised("shop", "shop-2", "run", "run/contract/LockkeeperNoGo", "LockkeeperNoGo",
                Severity.P1, "summary", "impact", List.of(), "done", "next", true, "LockkeeperNoGo.md", NOW),
                Optional.empty(), true, false);
    }

    private static Alert resolved() {
        return firing().withResolved(new AlertResolved("shop", "shop-2", "run", "run/contract/LockkeeperNoGo",
                "LockkeeperNoGo", "passed", NOW.plusSeconds(1)));
    }
}
