package io.lockkeeper.executor.run;

import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;

/** The run's state follows from what it does; nobody sets it by hand. */
public final class RunStates {

    private RunStates() {}

    public static RunState awaiting(Gate gate) {
        return switch (gate) {
            case ARMED -> RunState.ARMING;
            case OLD_VERSION_GONE, SWAP, CONTRACT -> RunState.AWAITING_CONTRACT;
            case FINALIZE -> RunState.AWAITING_FINALIZE;
            case WATCHED -> RunState.WATCHING;
        };
    }

    static RunState running(RunView run, Step step) {
        if (step.action() instanceof Action.CreatePublication) {
            return RunState.ARMING;
        }
        return switch (step.phase()) {
            case EXPAND -> RunState.EXPANDING;
            case MIGRATE -> RunState.MIGRATING;
            case CONTRACT -> contracting(run.governing(step));
        };
    }

    private static RunState contracting(Optional<Gate> gate) {
        return gate.map(passed -> switch (passed) {
            case ARMED, OLD_VERSION_GONE, SWAP, CONTRACT -> RunState.QUARANTINING;
            case FINALIZE -> RunState.CONTRACTING;
            case WATCHED -> RunState.WATCHING;
        }).orElse(RunState.QUARANTINING);
    }
}
