package io.lockkeeper.observer.caller;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Port: the primary's own log. Used by one thread. */
public interface ServerLog {

    sealed interface Reading {}

    /**
     * @param end    where the next look goes on
     * @param gap    why entries between the last look and this one may be missing
     * @param behind there is more to read
     */
    record Read(Position end, List<Entry> entries, Optional<String> gap, boolean behind) implements Reading {}

    /** @param why and what to do about it */
    record Unreadable(String why) implements Reading {}

    record Position(String file, long offset) {}

    /**
     * What somebody else than us did in this database. Texts are looked at, never told: they may carry a row's values.
     *
     * @param inner the statement within a routine that failed; empty where none did
     */
    record Entry(String sqlState, String application, String role, String message, String statement,
            String inner) {}

    /** Settings that say what the server writes into it. */
    Map<String, String> settings();

    /** @param from where the last look ended; empty: from now on */
    Reading read(Optional<Position> from);
}
