package io.lockkeeper.executor.recovery;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.target.Session;

/** What the ledger knows of its target and of who works on it. */
public interface TargetLedger {

    /** One executor at a time: a session advisory lock of this database, given back with the session. */
    boolean tryLock(Session keeper);

    /**
     * @param database   what the server says it is
     * @param recorded   what it was when the first run was claimed
     * @param backends   pids of the sessions of the executor that had it last
     */
    record Standing(DatabaseIdentity database, DatabaseIdentity recorded, List<Integer> backends) {}

    /** Empty if no run was ever claimed on this target. */
    Optional<Standing> standing(Session session, String target);

    /** Asks the server to end those of {@code backends} that are an executor's. */
    void terminate(Session session, List<Integer> backends);

    /** Does any of them still run? */
    boolean anyAlive(Session session, List<Integer> backends);

    /** Raises the epoch and records who works now, with which backends, on which timeline. Fences everybody before. */
    long raiseEpoch(Session session, String target, String executor, List<Integer> backends, int timeline);

    /** Attempts that never came to an end are INTERRUPTED. */
    void closeAttempts(Session session, String target);
}
