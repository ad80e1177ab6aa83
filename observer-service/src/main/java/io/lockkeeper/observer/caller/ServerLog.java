package io.lockkeeper.observer.caller;

import java.util.List;
import java.util.Optional;

/** Port: statements that failed, as the primary's own log tells them. Used by one thread. */
public interface ServerLog {

    sealed interface Reading {}

    /**
     * @param end    where the next look goes on
     * @param gap    why failures between the last look and this one may be missing
     * @param behind there is more to read
     */
    record Read(Position end, List<Failure> failures, Optional<String> gap, boolean behind) implements Reading {}

    /** @param why and what to do about it */
    record Unreadable(String why) implements Reading {}

    record Position(String file, long offset) {}

    /**
     * A failure for want of a name or a right, of somebody else than us. Texts are looked at, never told: they may carry a row's values.
     *
     * @param inner the statement within a routine that failed; empty where none did
     */
    record Failure(String sqlState, String application, String role, String message, String statement,
            String inner) {}

    /** @param from where the last look ended; empty: from now on */
    Reading read(Optional<Position> from);
}
