package io.lockkeeper.messages;

import java.time.Instant;
import java.util.List;

/**
 * The observer's word on one open gate. The executor takes it only if run, gate, gate attempt, plan hash and marker match
 * the ledger's open gate, {@code observed >= marker}, it is not past {@code validUntil} and no later NO_GO is known.
 *
 * @param gateAttempt  counts from 1; a gate that closes again gets a further attempt
 * @param marker       last WAL marker that the ledger showed when the gate was judged
 * @param observed     WAL position up to which everything was seen
 * @param evidenceHash {@code sha256:} over the evidence, as {@link PlanHash} writes it
 * @param profile      name of the evidence profile in force
 */
public record Verdict(String target, String release, String run, Gate gate, int gateAttempt, String planHash,
        Lsn marker,
        Lsn observed, Decision decision, List<Evidence> evidence, String evidenceHash, String profile, Instant at,
        Instant validUntil) implements Message {

    public enum Decision {
        GO,
        NO_GO,
        /** Evidence is missing: never becomes GO by waiting alone. */
        INCONCLUSIVE
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
        if (decision == Decision.GO) {
            requireNothingAgainst(evidence);
        }
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
