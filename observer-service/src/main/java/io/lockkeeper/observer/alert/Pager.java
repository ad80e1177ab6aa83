package io.lockkeeper.observer.alert;

import java.time.Instant;
import java.util.List;

/** Port: an Alertmanager. */
public interface Pager {

    /**
     * Firing and lately resolved alerts, all of them each time: Alertmanager forgets what is not said again.
     *
     * @return false if they were not taken; the caller says them again soon
     */
    boolean page(List<Alert> alerts, Instant now);
}
