package io.lockkeeper.observer.observation;

import java.time.Instant;

import io.lockkeeper.messages.Lsn;

/** Port: which server answers. Used by one thread. */
public interface Server {

    /** @param standby the answer comes from a server in recovery: nothing is decided from it */
    record Identity(String systemIdentifier, int timeline, boolean standby) {}

    Identity identity();

    /** The server's clock: what it writes into the ledger is held against ours. */
    Instant clock();

    /** The WAL insert position: a snapshot taken from now on has seen it. */
    Lsn position();
}
