package io.lockkeeper.observer.observation;

import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.observer.invariant.RuleStanding;

/** Port: a running change stream. All methods are safe from any thread. */
public interface ChangeStream extends AutoCloseable {

    enum State {
        STARTING, RUNNING, ENDED
    }

    State state();

    /** Why it ended, or why what it says is incomplete. */
    Optional<String> trouble();

    /** Everything up to here was handled. */
    Optional<Lsn> observed();

    /** Was the message handled that the executor wrote when it opened this gate attempt? */
    boolean handledGate(String run, Gate gate, int attempt);

    boolean handledProbe(String content);

    /** Row changes handled, by relation. */
    Map<String, Long> changes();

    /** By name, what the changes have shown of row rules. */
    Map<String, RuleStanding> rules();

    /** Returns when no handler runs any more. */
    @Override
    void close();
}
