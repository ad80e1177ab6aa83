package io.lockkeeper.cli.manifest;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Severity;

/**
 * {@code lockkeeper.yaml} as it is written; every key may be absent. {@link ReleaseDirectory} turns it into a release.
 *
 * @param migrations directory of the migration files, relative to the manifest; its own directory by default
 * @param document   for the people who sign the plan; not part of the release event
 */
record ManifestFile(Optional<String> target, Optional<String> release, Optional<String> migrations,
        Optional<ApplicationPart> application, Optional<List<InvariantPart>> invariants,
        Optional<List<RowRulePart>> rowRules, Optional<List<GaugePart>> gauges, Optional<List<CopyPart>> copies,
        Optional<List<ProbePart>> probes, Optional<PolicyPart> policy, Optional<ReleaseNotes> document) {

    /** @param from the version that runs now; {@code to} the version that needs the change */
    record ApplicationPart(Optional<String> name, Optional<String> from, Optional<String> to,
            Optional<SessionsPart> sessions) {}

    /** @param by application-name (the default), role or address; {@code old} and {@code new} are LIKE patterns */
    record SessionsPart(Optional<String> by, Optional<String> old,
            @JsonProperty("new") Optional<String> current) {}

    /** @param sql a query that must return no rows */
    record InvariantPart(Optional<String> name, Optional<String> sql, Optional<Severity> severity,
            Optional<Duration> timeout, Optional<String> impact, Optional<String> owner,
            Optional<String> enforcedBy) {}

    /** @param holds a CEL expression over {@code before}, {@code after} and {@code op} */
    record RowRulePart(Optional<String> name, Optional<String> table, Optional<String> holds,
            Optional<Severity> severity, Optional<String> impact, Optional<String> owner,
            Optional<String> enforcedBy) {}

    /** One of {@code sql}, {@code promql} and {@code log} says what is counted. */
    record GaugePart(Optional<String> name, Optional<String> sql, Optional<String> promql, Optional<String> log,
            Optional<BigDecimal> atLeast,
            Optional<BigDecimal> atMost, Optional<BigDecimal> atLeastTimes, Optional<BigDecimal> atMostTimes,
            Optional<Severity> severity, Optional<Duration> timeout, Optional<String> impact, Optional<String> owner,
            Optional<String> enforcedBy) {}

    /** @param source and {@code target}: queries that give the same rows; {@code key} tells them apart */
    record CopyPart(Optional<String> name, Optional<String> source, Optional<String> target,
            Optional<List<String>> key, Optional<Severity> severity, Optional<Duration> timeout,
            Optional<String> impact, Optional<String> owner, Optional<String> enforcedBy) {}

    /** @param status and {@code contains}: what the answer must have, {@code within} a time */
    record ProbePart(Optional<String> name, Optional<String> url, Optional<Integer> status,
            Optional<String> contains, Optional<Duration> within, Optional<Severity> severity,
            Optional<String> impact, Optional<String> owner, Optional<String> enforcedBy) {}

    record PolicyPart(Optional<String> profile, Optional<Duration> lockBudget, Optional<Boolean> withoutStream,
            Optional<Boolean> oldWritersCompatible, Optional<Boolean> swapCompatible,
            Optional<Policy.Rehearse> rehearse, Optional<List<ExceptionPart>> exceptions,
            Optional<Integer> approvals) {}

    record ExceptionPart(Optional<String> rule, Optional<String> object, Optional<String> reason,
            Optional<String> by) {}
}
