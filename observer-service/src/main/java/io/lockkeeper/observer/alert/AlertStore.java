package io.lockkeeper.observer.alert;

import java.util.List;

/** Port: keeps alerts over a restart. Used by one thread. */
public interface AlertStore {

    void save(Alert alert);

    /** Alerts that fire, that the topic does not have yet, or that were resolved lately. */
    List<Alert> recent();
}
