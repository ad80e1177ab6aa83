package io.lockkeeper.messages;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

import io.lockkeeper.messages.Policy.PolicyException;

/**
 * The observer's word on one open gate. The executor takes it only if run, gate, gate attempt, plan hash and marker match
 * the ledger's open gate, {@code observed >= marker}, it is not past {@code validUntil} and no later NO_GO is known.
 *
 * @param gateAttempt  counts from 1; a gate that closes again gets a further attempt
 * @param marker       last WAL marker that the ledger showed when the gate was judged
 * @param observed     WAL position up to which everything was seen
 * @param evidenceHash {@code sha256:} over the evidence, as {@link PlanHash} writes it
 * @param profile      name of the evidence profile in force
 * @param conclusion   the decision in the words of those who sign; follows from decision and exceptions
 * @param exceptions   named exceptions of the release, with who answers for each
 */
public record Verdict(String target, String release, String run, Gate gate, int gateAttempt, String planHash,
        Lsn marker,
        Lsn observed, Decision decision, List<Evidence> evidence, String evidenceHash, String profile, Instant at,
        Instant validUntil, Optional<Conclusion> conclusion,
        @JsonProperty(defaultValue = "[]") List<PolicyException> exceptions) implements Message {

    public enum Decision {
        GO,
        NO_GO,
        /** Evidence is missing: never becomes GO by waiting alone. */
        INCONCLUSIVE
    }

    public Verdict(String target, String release, String run, Gate gate, int gateAttempt, String planHash, Lsn marker,
            Lsn observed, Decision decision, List<Evidence> evidence, String evidenceHash, String profile, Instant at,
            Instant validUntil, List<PolicyException> exceptions) {
        this(target, release, run, gate, gateAttempt, planHash, marker, observed, decision, evidence, evidenceHash,
                profile, at, validUntil, Optional.empty(), exceptions);
    }

    /** The release has no named exceptions. */
    public Verdict(String target, String release, String run, Gate gate, int gateAttempt, String planHash, Lsn marker,
            Lsn observed, Decision decision, List<Evidence> evidence, String evidenceHash, String profile, Instant at,
            Instant validUntil) {
        this(target, release, run, gate, gateAttempt, planHash, marker, observed, decision, evidence, evidenceHash,
                profile, at, validUntil, List.of());
    }

    public Verdict {
        Texts.required(target, "verdict.target");
        Texts.required(release, "verdict.release");
        Texts.required(run, "verdict.run");
        Texts.required(gate, "verdict.gate");
        Texts.atLeast(1, gateAttempt, "verdict.gateAttempt");
        Texts.required(planHash, "verdict.planHash");
        Texts.required(marker, "verdict.marker");
        Texts.required(observed, "verdict.observed");
        Texts.required(decision, "verdict.decision");
        evidence = Texts.list(evidence, "verdict.evidence");
        Texts.required(evidenceHash, "verdict.evidenceHash");
        Texts.required(profile, "verdict.profile");
        Texts.required(at, "verdict.at");
        Texts.required(validUntil, "verdict.validUntil");
        if (validUntil.isBefore(at)) {
            throw new IllegalArgumentException("verdict.validUntil is before verdict.at: it could never be taken");
        }
        exceptions = Texts.listOrEmpty(exceptions, "verdict.exceptions");
        // A sender that is older than this word leaves it out.
        conclusion = Optional.of(Texts.optional(conclusion).orElse(Conclusion.of(decision, exceptions)));
        if (!conclusion.get().fits(decision, exceptions)) {
            throw new IllegalArgumentException("verdict.conclusion is " + conclusion.get() + ", but the decision is "
                    + decision + " with " + exceptions.size() + " exceptions");
        }
        if (decision == Decision.GO) {
            requireNothingAgainst(evidence);
        }
    }

    /** {@code approved}, or by which exceptions and whose; {@code blocked, P1}. */
    public String concluded() {
        return conclusion.orElseThrow().words(exceptions, evidence);
    }

    /** P0 and P1 are NO_GO: a GO that carries such a failure contradicts itself, whoever sends it. */
    private static void requireNothingAgainst(List<Evidence> evidence) {
        for (Evidence item : evidence) {
            if (item.status() == Evidence.Status.FAILED && item.severity().forbidsGo()) {
                throw new IllegalArgumentException(
                        "verdict.decision is GO against failed evidence: " + item.kind() + " of " + item.subject());
            }
        }
    }
}
