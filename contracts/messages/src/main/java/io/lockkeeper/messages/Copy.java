package io.lockkeeper.messages;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Rows of one table that another one must hold, too: after INSERT … SELECT, a table that is swapped, writes to both.
 *
 * @param source  a query; run read-only by the observer, one range of the key at a time
 * @param target  a query that must give the same rows, with the same names of columns
 * @param key     columns that tell the rows apart, never NULL; both queries should find ranges of it by an index
 * @param timeout {@code statement_timeout} for one range
 */
public record Copy(String name, String source, String target, List<String> key,
        @JsonProperty(defaultValue = "P1") Severity severity, @JsonProperty(defaultValue = "PT15S") Duration timeout,
        Optional<String> impact, Optional<String> owner, Optional<String> enforcedBy) implements Expectation {

    public Copy {
        Texts.required(name, "copy.name");
        Texts.required(source, "copy.source");
        Texts.required(target, "copy.target");
        key = Texts.listNotEmpty(key, "copy.key");
        severity = severity == null ? Severity.P1 : severity;
        timeout = timeout == null ? Duration.ofSeconds(15) : timeout;
        Texts.positive(timeout, "copy.timeout");
        impact = Texts.optional(impact);
        owner = Texts.optional(owner);
        enforcedBy = Texts.optional(enforcedBy);
    }
}
