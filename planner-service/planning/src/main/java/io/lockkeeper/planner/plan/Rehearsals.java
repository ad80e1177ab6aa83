package io.lockkeeper.planner.plan;

import java.util.List;

import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.Rehearsal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;

/** Tries a plan out where nobody works. */
public interface Rehearsals {

    sealed interface Result {}

    /** The server did what the plan says. */
    record Passed(Rehearsal rehearsal) implements Result {}

    /** Where the server did something else, or the rehearsal would prove nothing. */
    record Failed(List<Refusal> refusals) implements Result {

        public Failed {
            refusals = List.copyOf(refusals);
        }
    }

    /** @param snapshot of the plan's target; stays open */
    Result rehearse(ReleaseRequested release, Plan plan, TargetSnapshot snapshot);
}
