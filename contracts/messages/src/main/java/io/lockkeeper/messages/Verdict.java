package io.lockkeeper.messages;

import java.time.Instant;
import java.util.List;

/**
 * The observer's word on one open gate. The executor takes it only if run, gate, gate attempt, plan hash and marker match
 * the ledger's open gate, {@code observed >= marker}, it is not past {@code validUntil} and no later NO_GO is known.
 *
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
        GO, NO_GO,
        /** Evidence is missing: never becomes GO by waiting alone. */
        INCONCLUSIVE
    }

    public Verdict {
        Texts.required(run, "verdict.run");
        Texts.required(gate, "verdict.gate");
        Texts.required(marker, "verdict.marker");
        Texts.required(observed, "verdict.observed");
        evidence = List.copyOf(evidence);
    }
}
