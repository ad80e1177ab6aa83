package io.lockkeeper.observer.ledger;

import java.time.Instant;
import java.util.Optional;

import io.lockkeeper.messages.Gate;

/** @param evidenceHash evidence that the approver had seen; absent where the gate was approved whatever follows */
public record Approval(Gate gate, String planHash, Optional<String> evidenceHash, String approver,
        Instant receivedAt) {}
