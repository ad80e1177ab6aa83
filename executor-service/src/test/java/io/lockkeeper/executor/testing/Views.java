package io.lockkeeper.executor.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.executor.run.GateView;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.run.StepView;
import io.lockkeeper.executor.run.VerdictView;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;

/** Runs as the ledger would show them. */
public final class Views {

    public static final String RUN = "abc123abc123";

    private Views() {}

    public static RunView run(Plan plan, RunState state, List<GateView> gates, List<VerdictView> verdicts) {
        return run(plan, state, Map.of(), gates, verdicts);
    }

    /** @param states of the steps that are not PENDING, by id */
    public static RunView run(Plan plan, RunState state, Map<String, StepState> states, List<GateView> gates,
            List<VerdictView> verdicts) {
        List<StepView> steps = new ArrayList<>();
        for (Step step : plan.steps()) {
            StepState its = states.getOrDefault(step.id(), StepState.PENDING);
            steps.add(new StepView(step.id(), its, its == StepState.PENDING ? 0 : 1, Optional.empty(),
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()));
        }
        return new RunView(RUN, plan, state, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), steps, gates, verdicts);
    }
}
