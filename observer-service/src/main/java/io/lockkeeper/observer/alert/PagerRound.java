package io.lockkeeper.observer.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Says alerts to an Alertmanager when they change, and all of them again before it forgets them. Used by one thread. */
public final class PagerRound {

    private static final Duration SAID_AGAIN = Duration.ofSeconds(30);
    private static final Duration TRIED_AGAIN = Duration.ofSeconds(5);

    private final Pager pager;
    private List<Alert> said = List.of();
    private Instant next = Instant.MIN;

    public PagerRound(Pager pager) {
        this.pager = pager;
    }

    /** @param alerts all that fire or were resolved lately */
    public void page(List<Alert> alerts, Instant now) {
        boolean same = List.copyOf(alerts).equals(said);
        if (alerts.isEmpty() || same && now.isBefore(next)) {
            return;
        }
        boolean taken = pager.page(alerts, now);
        said = taken ? List.copyOf(alerts) : List.of();
        next = now.plus(taken ? SAID_AGAIN : TRIED_AGAIN);
    }
}
