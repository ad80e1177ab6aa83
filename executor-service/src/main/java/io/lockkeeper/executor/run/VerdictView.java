package io.lockkeeper.executor.run;

import java.time.Instant;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Verdict;

/** A verdict that was received, taken or not. */
public record VerdictView(String id, Gate gate, int gateAttempt, Verdict.Decision decision, String planHash,
        Instant at) {}
