package io.lockkeeper.observer.parity;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Watch.ParityPair;

/**
 * Port: the server compares the two shapes itself, in short statements of their own snapshot. Used by one thread.
 *
 * <p>
 * Keys are JSON objects of the pair's key columns, as the server or the change stream writes them.
 */
public interface RowCompare {

    /** @param filenode changes when the table is rewritten or truncated; {@code blocks} its length now */
    record Extent(RelationName relation, long filenode, long blocks) {}

    /** @param keys of rows that differ, a few hundred at most; empty for a relation without a key */
    record Chunk(long rows, long differing, List<String> keys) {}

    /** @param fingerprint changes with every alteration of trigger or function, also one that was taken back */
    record Trigger(boolean enabled, String fingerprint) {}

    /** The table, or the leaves of a partitioned one; empty where there is none. */
    List<Extent> extents(ParityPair pair);

    /** @return empty if the extent is not what it was */
    Optional<Chunk> compare(ParityPair pair, Extent extent, long fromBlock, long endBlock);

    /** Compares the rows of these keys that still exist. */
    Chunk recheck(ParityPair pair, Collection<String> keys);

    Optional<Trigger> trigger(ParityPair pair);

    /** The insert position: what a snapshot taken from now on has seen. */
    Lsn position();
}
