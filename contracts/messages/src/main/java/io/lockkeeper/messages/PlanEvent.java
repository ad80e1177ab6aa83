package io.lockkeeper.messages;

import java.util.List;
import java.util.Optional;

/** What the planner says. */
public sealed interface PlanEvent extends Message {

    /** @param rehearsal what the scratch server said; for people, and for whoever checks the plan's claims */
    record PlanProposed(Plan plan, Optional<Rehearsal> rehearsal) implements PlanEvent {

        public PlanProposed(Plan plan) {
            this(plan, Optional.empty());
        }

        public PlanProposed {
            rehearsal = Texts.optional(rehearsal);
            Texts.required(plan, "plan");
            Texts.required(plan.hash(), "plan.hash");
        }

        @Override
        public String target() {
            return plan.target();
        }

        @Override
        public String release() {
            return plan.release();
        }
    }

    record PlanRefused(String target, String release, List<Refusal> refusals) implements PlanEvent {

        public PlanRefused {
            Texts.required(target, "target");
            Texts.required(release, "release");
            refusals = Texts.listNotEmpty(refusals, "refusals");
        }
    }
}
