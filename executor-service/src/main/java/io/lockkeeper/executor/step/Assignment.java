package io.lockkeeper.executor.step;

import java.util.Optional;

import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;

/**
 * One step of one run, to be applied or taken back.
 *
 * @param state the run's state while this is done
 * @param part  of an undo that takes several actions; absent where one does it all
 */
public record Assignment(RunView run, Step step, Direction direction, RunState state, Optional<Part> part) {

    /** @param number counts from 1 */
    public record Part(int number, int of) {

        public boolean last() {
            return number == of;
        }
    }

    public static Assignment apply(RunView run, Step step, RunState state) {
        return new Assignment(run, step, Direction.APPLY, state, Optional.empty());
    }

    public static Assignment undo(RunView run, Step step) {
        return new Assignment(run, step, Direction.UNDO, run.state(), Optional.empty());
    }

    /** The same step, taken back by one action among others, under the locks that the plan states for that. */
    public Assignment part(int number, int of, Action action) {
        Step substitute = new Step(step.id(), step.phase(), step.title(), step.gate(), action,
                step.undo().orElseThrow().locks(), step.undo(),
                step.validation(), step.pointOfNoReturn(), step.source(), step.estimate());
        return new Assignment(run, substitute, direction, state, Optional.of(new Part(number, of)));
    }

    /** Is the step where it should be once this is done? */
    public boolean whole() {
        return part.map(Part::last).orElse(true);
    }

    public enum Direction {
        APPLY, UNDO;

        /** Where the step is when it is done. */
        public StepState end() {
            return this == APPLY ? StepState.SUCCEEDED : StepState.REVERTED;
        }
    }
}
