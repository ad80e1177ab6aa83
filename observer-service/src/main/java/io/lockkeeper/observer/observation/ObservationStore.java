package io.lockkeeper.observer.observation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.observer.caller.CallerSoak;
import io.lockkeeper.observer.caller.Tripwire;
import io.lockkeeper.observer.invariant.LogWatch;
import io.lockkeeper.observer.session.Soak;

/** Port: our own schema in the target. Used by one thread. */
public interface ObservationStore {

    /** Is our schema there already? */
    boolean exists();

    /** Creates what is missing, and waits at most briefly for another observer that does the same. */
    void prepare();

    /** At most one observer works on a target; true once it is this one, until the connection ends. */
    boolean claim();

    /** Adds what routines were called since the last time, in whatever runs; what is older than eight days goes. */
    void countRoutineCalls();

    Optional<ObservationState> load(String run);

    List<ObservationState> unretired();

    /** All but the soak, which is saved more often. */
    void save(ObservationState state);

    void saveSoak(String run, Soak soak);

    Optional<CallerSoak> loadCallers(String run);

    void saveCallers(String run, CallerSoak soak);

    Optional<Tripwire.State> loadTripwire(String run);

    void saveTripwire(String run, Tripwire.State state);

    Optional<LogWatch.State> loadLog(String run);

    void saveLog(String run, LogWatch.State state);

    /** Forgets where an earlier stream of the run stood: a slot that is made anew begins elsewhere. */
    void forgetStream(String run);

    /** Gives the verdict the next number of its gate attempt and keeps it. */
    NumberedVerdict append(Verdict verdict);

    Optional<NumberedVerdict> lastVerdict(String run, Gate gate, int attempt);

    /** When NO_GO was last said about this gate attempt. */
    Optional<Instant> lastNoGo(String run, Gate gate, int attempt);

    /** Has a verdict on this gate attempt, other than NO_GO, been given with this evidence? */
    boolean gave(String run, Gate gate, int attempt, String evidenceHash);
}
