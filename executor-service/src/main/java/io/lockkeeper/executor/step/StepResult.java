package io.lockkeeper.executor.step;

import io.lockkeeper.messages.Failure;

/** How a step ended; the ledger says the same already. */
public sealed interface StepResult {

    record Succeeded() implements StepResult {}

    /** For good: the run is HALTED. */
    record Failed(Failure failure) implements StepResult {}

    /** The run is paused or aborted: the step stays where it is and goes on from there. */
    record Stopped() implements StepResult {}
}
