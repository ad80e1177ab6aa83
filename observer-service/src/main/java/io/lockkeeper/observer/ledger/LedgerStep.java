package io.lockkeeper.observer.ledger;

import java.time.Instant;
import java.util.Optional;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.StepState;

/** @param kind wire name of the step's action */
public record LedgerStep(String id, Phase phase, Optional<Gate> gate, String kind, StepState state,
        Optional<Instant> finishedAt) {}
