package io.lockkeeper.observer.invariant;

import java.util.Set;

import io.lockkeeper.messages.Invariant;

/** Port: evaluates an invariant's query read-only, under its own timeout. Used by one thread. */
public interface InvariantRunner {

    /** So many violating rows are told apart; beyond it only their number at this limit is known. */
    int LIMIT = 1000;

    sealed interface Result {}

    /**
     * @param digests one per violating row, so that rows can be told apart without being kept; at most {@link #LIMIT}
     * @param more    there are further rows
     */
    record Violations(Set<String> digests, boolean more) implements Result {

        public Violations {
            digests = Set.copyOf(digests);
        }
    }

    /** @param why without row data */
    record Failed(String why) implements Result {}

    Result run(Invariant invariant);
}
