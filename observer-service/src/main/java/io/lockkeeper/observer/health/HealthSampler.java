package io.lockkeeper.observer.health;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.RelationName;

/** Port: one look at the server's statistics. Used by one thread. */
public interface HealthSampler {

    /** By query id, of the statements that take most of the time; empty where they cannot be read. */
    Optional<Map<String, StatementTimes.Executed>> statements();

    Counters counters(List<RelationName> relations);

    /** Sessions of the application that wait, at this moment, behind a session of ours. */
    List<Victim> victims();
}
