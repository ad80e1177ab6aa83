package io.lockkeeper.executor.throttle;

import java.util.Locale;

/** What the target itself says that slows a backfill down or pauses it. */
public enum Signal {
    /** Seconds that the slowest streaming replica is behind. One that is minutes behind is a replica being restored. */
    REPLICA_LAG(2, 10, 1),
    /** WAL retained by the worst slot, as a share of what it may hold: 4 GiB or a quarter of max_slot_wal_keep_size. */
    SLOT_WAL(0.25, 1, 0.125),
    /** Segments that wait for the archive. */
    ARCHIVE_BACKLOG(20, 42, 10),
    /** Autovacuum workers on the tables: they clear up behind us, and it goes faster without us. */
    AUTOVACUUM(1, 1, 1),
    /** Running sessions of others per processor; only where the number of processors is configured. */
    ACTIVE_SESSIONS(1.5, 3, 1),
    /** Seconds that somebody waits for a lock that one of our batches holds. */
    VICTIMS(0.5, 2, 0.1);

    private final Limits limits;

    Signal(double slow, double pause, double resume) {
        this.limits = new Limits(slow, pause, resume);
    }

    Limits limits() {
        return limits;
    }

    /** {@code replica-lag}: the name of the reason. */
    String reason() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
