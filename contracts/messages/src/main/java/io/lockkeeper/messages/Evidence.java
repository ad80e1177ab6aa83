package io.lockkeeper.messages;

import java.util.Optional;

/**
 * One item behind a verdict.
 *
 * @param claim   what is asserted, in words
 * @param measure what was measured; counts and names, never row data
 * @param limit   what it was held against
 * @param source  where it was read: a view, a query's name, the stream
 * @param lsn     the WAL position that it speaks for
 */
public record Evidence(EvidenceKind kind, String subject, String claim, Status status, Severity severity,
        String measure,
        String limit, String source, Optional<Lsn> lsn) {

    public enum Status {
        PASSED, FAILED,
        /** Could not be measured: never counts as passed. */
        UNKNOWN
    }

    public Evidence {
        lsn = lsn == null ? Optional.empty() : lsn;
    }
}
