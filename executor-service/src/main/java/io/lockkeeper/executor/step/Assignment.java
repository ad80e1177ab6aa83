package io.lockkeeper.executor.step;

import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;

/**
 * One step of one run, to be applied or taken back.
 *
 * @param state the run's state while this is done
 */
public record Assignment(RunView run, Step step, Direction direction, RunState state) {

    public enum Direction {
        APPLY, UNDO;

        /** Where the step is when it is done. */
        public StepState end() {
            return this == APPLY ? StepState.SUCCEEDED : StepState.REVERTED;
        }
    }
}
