package io.lockkeeper.messages;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a gate can ask to be proven. */
public enum EvidenceKind {
    /** The observer follows the target: by stream up to the last marker, or by polling where the profile allows it. */
    @JsonProperty("observation")
    OBSERVATION,
    /** Invariants and statistics were read before the first step. */
    @JsonProperty("baseline")
    BASELINE,
    /** Old and new shape hold the same for every row. */
    @JsonProperty("parity")
    PARITY,
    /** The release's invariants hold. */
    @JsonProperty("invariants")
    INVARIANTS,
    /** No session of the old version was seen during the soak. */
    @JsonProperty("old-sessions")
    OLD_SESSIONS,
    /** Nobody names what the contract phase takes away: no statement, view, routine, trigger or policy. */
    @JsonProperty("callers")
    CALLERS,
    /** The new version is reported deployed and the old one retired. */
    @JsonProperty("rollout")
    ROLLOUT,
    /** Lock victims, rollbacks, deadlocks and lag against the baseline. */
    @JsonProperty("health")
    HEALTH,
    /** The time in which a revert was still lossless has passed. */
    @JsonProperty("revert-window")
    REVERT_WINDOW,
    /** Named persons agreed. */
    @JsonProperty("approval")
    APPROVAL
}
