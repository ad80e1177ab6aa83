package io.lockkeeper.observer.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Says alerts to an Alertmanager when they change, and all of them again before it forgets them. Used by one thread. */
public final class PagerRound {

    private static final Duration SAID_AGAIN = Duration.ofSeconds(30);
    private static final Duration TRIED_AGAIN = Duration.ofSeconds(5);

    private final Pager pager;
    private List<Alert> tried = List.of();
    private Instant next = Instant.MIN;

    public PagerRound(Pager pager) {
        this.pager = pager;
    }

    /** @param alerts all that fire or were resolved lately */
    public void page(List<Alert> alerts, Instant now) {
        boolean same = List.copyOf(alerts).equals(tried);
        if (alerts.isEmpty() || same && now.isBefore(next)) {
            return;
        }
        boolean taken = pager.page(alerts, now);
        tried = List.copyOf(alerts);
        next = now.plus(taken ? SAID_AGAIN : TRIED_AGAIN);
    }
}
