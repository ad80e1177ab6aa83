package io.lockkeeper.observer.console;

import java.time.Instant;
import java.util.Optional;

import io.lockkeeper.messages.RunState;

/** One line of the list of runs. */
public record RunSummary(String run, String target, String release, String planHash, RunState state,
        Optional<String> reason, Optional<String> openGate, int stepsDone, int stepsTotal, Instant claimedAt,
        Instant updatedAt) {}
