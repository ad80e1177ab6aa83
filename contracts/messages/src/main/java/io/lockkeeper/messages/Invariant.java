package io.lockkeeper.messages;

import java.time.Duration;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * No row is wrong.
 *
 * @param sql     a query that must return no rows; run read-only by the observer
 * @param timeout {@code statement_timeout} of one evaluation
 */
public record Invariant(String name, String sql, @JsonProperty(defaultValue = "P1") Severity severity,
        @JsonProperty(defaultValue = "PT15S") Duration timeout, Optional<String> impact, Optional<String> owner,
        Optional<String> enforcedBy) implements Expectation {

    /** What enforces it is not stated. */
    public Invariant(String name, String sql, Severity severity, Duration timeout, Optional<String> impact,
            Optional<String> owner) {
        this(name, sql, severity, timeout, impact, owner, Optional.empty());
    }

    public Invariant {
        Texts.required(name, "invariant.name");
        Texts.required(sql, "invariant.sql");
        severity = severity == null ? Severity.P1 : severity;
        timeout = timeout == null ? Duration.ofSeconds(15) : timeout;
        Texts.positive(timeout, "invariant.timeout");
        impact = Texts.optional(impact);
        owner = Texts.optional(owner);
        enforcedBy = Texts.optional(enforcedBy);
    }
}
