package io.lockkeeper.observer.observation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Lsn;

/** Port: replication slots of the target, made and dropped with the credential of the change stream. */
public interface Slots {

    /**
     * @param lost     why its WAL is not all there any more
     * @param retained bytes of WAL that the server keeps for it
     */
    record Slot(String name, boolean active, Optional<String> lost, long retained) {}

    /** @param blocker whom the creation waits for, as far as it can be seen */
    record CreationFailed(String why, Optional<String> blocker) {}

    boolean publicationExists(String publication);

    /** The server limits what a slot may retain, in bytes; empty where it does not. */
    Optional<Long> serverLimit();

    Optional<Slot> find(String slot);

    /** Slots of ours in this database, by their prefix. */
    List<String> ours();

    /** Waits, up to the deadline, for every transaction that runs now, also of other databases. */
    Optional<CreationFailed> create(String slot, Duration deadline);

    /** Ends who reads from it, if it is one of ours, and drops it; nothing happens if it is not there. */
    void drop(String slot);

    /** Ends a reader that outlived its process. */
    void disconnect(String slot);

    /** Writes a message into the WAL that the stream must deliver, and says where it ends. */
    Lsn probe(String content);
}
