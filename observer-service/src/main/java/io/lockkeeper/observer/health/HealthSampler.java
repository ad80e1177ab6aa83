package io.lockkeeper.observer.health;

import java.util.List;

import io.lockkeeper.messages.RelationName;

/** Port: one look at the server's statistics. Used by one thread. */
public interface HealthSampler {

    Counters counters(List<RelationName> relations);

    /** Sessions of the application that wait, at this moment, behind a session of ours. */
    List<Victim> victims();
}
