package io.lockkeeper.messages;

import java.util.List;

/** What the planner says. */
public sealed interface PlanEvent extends Message {

    record PlanProposed(Plan plan) implements PlanEvent {

        public PlanProposed {
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
