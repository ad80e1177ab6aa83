package io.lockkeeper.messages;

import java.time.Duration;
import java.util.Optional;

/**
 * What must stay true while a release runs.
 *
 * @param sql     a query that must return no rows; run read-only by the observer
 * @param timeout {@code statement_timeout} of one evaluation
 * @param impact  what a violation means for users: becomes the alert's impact
 * @param owner   whom to ask
 */
public record Invariant(String name, String sql, Severity severity, Duration timeout, Optional<String> impact,
        Optional<String> owner) {

    public Invariant {
        Texts.required(name, "invariant.name");
        Texts.required(sql, "invariant.sql");
        severity = severity == null ? Severity.P1 : severity;
        timeout = timeout == null ? Duration.ofSeconds(15) : timeout;
        impact = impact == null ? Optional.empty() : impact;
        owner = owner == null ? Optional.empty() : owner;
    }
}
