package io.lockkeeper.messages;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One item behind a verdict.
 *
 * @param subject what it is about: a relation, a pair's id, an invariant's name, an application version
 * @param claim   what is asserted, in words
 * @param measure what was measured; counts and names, never row data; empty where nothing could be
 * @param limit   what it was held against; empty where there is none
 * @param source  where it was read: a view, a query's name, the stream
 * @param lsn     the WAL position that it speaks for
 */
public record Evidence(EvidenceKind kind, String subject, String claim, Status status, Severity severity,
        @JsonProperty(defaultValue = "") String measure, @JsonProperty(defaultValue = "") String limit, String source,
        Optional<Lsn> lsn) {

    public enum Status {
        PASSED,
        FAILED,
        /** Could not be measured: never counts as passed. */
        UNKNOWN
    }

    public Evidence {
        Texts.required(kind, "evidence.kind");
        Texts.required(subject, "evidence.subject");
        Texts.required(claim, "evidence.claim");
        Texts.required(status, "evidence.status");
        Texts.required(severity, "evidence.severity");
        Texts.required(source, "evidence.source");
        measure = Texts.orEmpty(measure);
        limit = Texts.orEmpty(limit);
        lsn = Texts.optional(lsn);
    }
}
