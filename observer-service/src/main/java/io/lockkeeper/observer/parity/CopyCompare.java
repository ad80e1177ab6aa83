package io.lockkeeper.observer.parity;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Copy;
import io.lockkeeper.messages.Lsn;

/**
 * Port: the server compares the rows of two queries, one range of their key at a time, both sides in one short snapshot.
 * Used by one thread.
 *
 * <p>
 * Keys are JSON objects of the copy's key columns.
 */
public interface CopyCompare {

    sealed interface Result {}

    /**
     * Rows of both sides were counted, and their checksums held against each other; where these differ, row by row.
     *
     * @param last      key that the range ends with; empty where nothing comes behind it
     * @param differing by key, what tells the rows that differed from others of the same key
     * @param more      further rows of the range differ than are told
     */
    record Compared(Optional<String> last, long source, long target, Map<String, String> differing, boolean more)
            implements
                Result {

        public Compared {
            differing = Map.copyOf(differing);
        }
    }

    /** @param why without row data */
    record Incomparable(String why) implements Result {}

    /**
     * @param after the range begins behind this key; empty at the beginning
     * @param rows  of the larger side, at most
     * @throws CompareTooSlow where the statement ran into its timeout
     */
    Result compare(Copy copy, Optional<String> after, long rows);

    /** Compares the rows of these keys; as {@link Compared} without anything behind it. */
    Result recheck(Copy copy, Collection<String> keys);

    /** The insert position: what a snapshot taken from now on has seen. */
    Lsn position();
}
