package io.lockkeeper.observer.observation;

import io.lockkeeper.messages.Watch;
import io.lockkeeper.observer.invariant.RowRules;
import io.lockkeeper.observer.parity.ProofBook;

/** Port: makes change streams. */
public interface ChangeStreams {

    /**
     * Follows a slot that exists, from where the run's stored offset says. Rows that it names are compared again by the
     * proofs that have begun, and held against the rules, before the offset moves past them.
     */
    ChangeStream follow(String run, Watch watch, Watch.Stream stream, ProofBook proofs, RowRules rules);
}
