package io.lockkeeper.executor.outbox;

import java.util.List;

import io.lockkeeper.target.Session;

/** The outbox table of one target. */
public interface OutboxLedger {

    /** One relay per database at a time, so that order is kept; given back with the session. */
    boolean tryLock(Session session);

    /** The next unpublished events in order. */
    List<OutboxEvent> next(Session session, int most);

    void published(Session session, List<Long> sequences);
}
