package io.lockkeeper.executor.outbox;

import java.time.Duration;
import java.util.List;

import io.lockkeeper.target.Session;

/** The outbox table of one target. */
public interface OutboxLedger {

    /** One relay per database at a time, so that order is kept; given back with the session. */
    boolean tryLock(Session session);

    /** The next unpublished events in order. */
    List<OutboxEvent> next(Session session, int most);

    void published(Session session, List<Long> sequences);

    /**
     * Takes away what was published and is asked for no more: progress at once, and everything of a run that has ended
     * after {@code keep}. What an open run has said stays, because an event that is there is not written again.
     */
    void trim(Session session, Duration keep);
}
