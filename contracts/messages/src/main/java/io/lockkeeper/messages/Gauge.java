package io.lockkeeper.messages;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A number that stays within limits while a release runs: orders of the last minutes, messages that wait in an outbox, dead
 * rows of a table.
 *
 * @param sql          a query that returns one number, in {@code language}; run read-only by the observer
 * @param limits       at least one
 * @param timeout      for one evaluation
 */
public record Gauge(String name, String sql, Limits limits, @JsonProperty(defaultValue = "P1") Severity severity,
        @JsonProperty(defaultValue = "PT15S") Duration timeout, Optional<String> impact, Optional<String> owner,
        Optional<String> enforcedBy, @JsonProperty(defaultValue = "sql") Language language) implements Expectation {

    public enum Language {
        @JsonProperty("sql")
        SQL,
        /** Asked of the Prometheus that the observer's configuration names; one sample. */
        @JsonProperty("promql")
        PROMQL,
        /**
         * What the server writes into its log, counted a minute: {@code deadlock}, {@code lock-wait}, {@code slow-plan}, a
         * SQLSTATE ({@code 23505}) or a class of them ({@code 23}).
         */
        @JsonProperty("log")
        LOG
    }

    /** Asked of the database. */
    public Gauge(String name, String sql, Limits limits, Severity severity, Duration timeout, Optional<String> impact,
            Optional<String> owner, Optional<String> enforcedBy) {
        this(name, sql, limits, severity, timeout, impact, owner, enforcedBy, Language.SQL);
    }

    /**
     * @param atMostTimes  of the value before the first step; {@code atLeastTimes} likewise
     */
    public record Limits(Optional<BigDecimal> atLeast, Optional<BigDecimal> atMost, Optional<BigDecimal> atLeastTimes,
            Optional<BigDecimal> atMostTimes) {

        public Limits {
            atLeast = Texts.optional(atLeast);
            atMost = Texts.optional(atMost);
            atLeastTimes = Texts.optional(atLeastTimes);
            atMostTimes = Texts.optional(atMostTimes);
            if (atLeast.isEmpty() && atMost.isEmpty() && atLeastTimes.isEmpty() && atMostTimes.isEmpty()) {
                throw new IllegalArgumentException("gauge.limits is empty: state atLeast, atMost, atLeastTimes or"
                        + " atMostTimes");
            }
        }
    }

    public Gauge {
        Texts.required(name, "gauge.name");
        Texts.required(sql, "gauge.sql");
        Texts.required(limits, "gauge.limits");
        severity = severity == null ? Severity.P1 : severity;
        timeout = timeout == null ? Duration.ofSeconds(15) : timeout;
        Texts.positive(timeout, "gauge.timeout");
        impact = Texts.optional(impact);
        owner = Texts.optional(owner);
        enforcedBy = Texts.optional(enforcedBy);
        language = language == null ? Language.SQL : language;
    }
}
