package io.lockkeeper.observer.parity;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Lsn;

/**
 * How far the compare of a copy has come; kept, so that it goes on after a restart.
 *
 * @param started   WAL position that every range has at least seen
 * @param begun     when it began
 * @param after     key that the last range ended with
 * @param source    rows counted so far, {@code target} likewise
 * @param differing by key, rows that differed when they were last read
 */
public record CopyProgress(Lsn started, Instant begun, Optional<String> after, boolean complete, long source,
        long target, Map<String, Differing> differing) {

    /**
     * @param rows  tells these rows from others of the same key
     * @param since these very rows differ
     */
    public record Differing(String rows, Instant since) {}

    public CopyProgress {
        differing = Map.copyOf(differing);
    }

    static CopyProgress begin(Lsn position, Instant now) {
        return new CopyProgress(position, now, Optional.empty(), false, 0, 0, Map.of());
    }

    boolean agrees() {
        return complete && differing.isEmpty();
    }

    CopyProgress with(Map<String, Differing> other) {
        return new CopyProgress(started, begun, after, complete, source, target, other);
    }

    /** One range further. */
    CopyProgress with(CopyCompare.Compared range) {
        return new CopyProgress(started, begun, range.last(), range.last().isEmpty(), source + range.source(),
                target + range.target(), differing);
    }
}
