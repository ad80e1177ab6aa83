package io.lockkeeper.planner.catalog;

import java.util.Arrays;
import java.util.Optional;

import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Phase;

/**
 * When in the running order of a plan something happens: a plan runs its stages one after the other, and within a stage
 * the statements in the order of the files.
 */
public enum Stage {
    /** Adds what new code needs; nobody notices. */
    EXPAND(Phase.EXPAND, null),
    /** Moves data and proves things about it; nobody notices. */
    MIGRATE(Phase.MIGRATE, null),
    /** A type change becomes visible while both versions live, because both are declared able. */
    EARLY_SWAP(Phase.MIGRATE, Gate.SWAP),
    /** What old writers would break on. */
    TIGHTEN(Phase.CONTRACT, Gate.OLD_VERSION_GONE),
    /** A type change becomes visible. */
    SWAP(Phase.CONTRACT, Gate.SWAP),
    /** Takes the old shape away so that it can be given back. */
    QUARANTINE(Phase.CONTRACT, Gate.CONTRACT),
    /** Takes the old shape away for good. */
    DROP(Phase.CONTRACT, Gate.FINALIZE);

    private final Phase phase;
    private final Optional<Gate> gate;

    Stage(Phase phase, Gate gate) {
        this.phase = phase;
        this.gate = Optional.ofNullable(gate);
    }

    public Phase phase() {
        return phase;
    }

    /** The gate before each step of the stage. */
    public Optional<Gate> gate() {
        return gate;
    }

    public static Stage latest(Stage... stages) {
        return Arrays.stream(stages).max(Stage::compareTo).orElseThrow();
    }
}
