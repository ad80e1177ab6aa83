package io.lockkeeper.executor.run;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached.Milestone;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;

/** What CI waits for. A milestone, once reached, stays: steps become undone only where the run is taken back. */
public final class Milestones {

    private Milestones() {}

    public static Set<Milestone> reached(RunView run) {
        Set<Milestone> reached = EnumSet.noneOf(Milestone.class);
        if (run.state().takingBack()) {
            return reached;
        }
        // A plan without expand steps has expanded only once somebody watches: not before its first gate.
        boolean armed = !run.plan().gates().contains(Gate.ARMED)
                || run.gates().stream().anyMatch(gate -> gate.gate() == Gate.ARMED && gate.verdict().isPresent());
        if (armed && done(run, Phase.EXPAND)) {
            reached.add(Milestone.EXPANDED);
            if (done(run, Phase.MIGRATE)) {
                reached.add(Milestone.MIGRATED);
            }
        }
        if (run.state() == RunState.COMPLETED) {
            reached.add(Milestone.COMPLETED);
        }
        return reached;
    }

    private static boolean done(RunView run, Phase phase) {
        List<Step> steps = run.plan().steps();
        return IntStream.range(0, steps.size())
                .filter(place -> steps.get(place).phase() == phase && !concludes(steps.get(place)))
                .allMatch(place -> run.steps().get(place).state().done());
    }

    private static boolean concludes(Step step) {
        return step.action() instanceof Action.Conclude;
    }
}
