package io.lockkeeper.executor.claim;

import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.Plan;

/** Where plans are handed in. */
public interface ClaimDesk {

    /** What became of a plan, now or at an earlier send of the same event. */
    sealed interface Claim {}

    record Claimed(String run) implements Claim {}

    /** The refusal is in the outbox. */
    record Refused(String run, String code) implements Claim {}

    /** This registry has no such target. */
    record UnknownTarget() implements Claim {}

    /**
     * Writes the plan into the ledger of its target, all or nothing, and returns once that is durable.
     *
     * @throws io.lockkeeper.target.SqlFailure if the target cannot be reached or does not let us; hand it in again
     */
    Claim claim(Envelope envelope, Plan plan);
}
