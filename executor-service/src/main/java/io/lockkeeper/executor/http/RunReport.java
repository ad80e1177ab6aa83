package io.lockkeeper.executor.http;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.executor.run.GateView;
import io.lockkeeper.executor.run.Milestones;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.run.StepView;
import io.lockkeeper.messages.Failure;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.OutcomeEvent.MilestoneReached.Milestone;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.StepState;

/**
 * A run for those who ask over HTTP.
 *
 * @param abortable whether nothing past the point of no return has begun
 */
record RunReport(String run, String target, String release, String planHash, RunState state, Optional<String> reason,
        Set<Milestone> milestones, boolean abortable, List<StepReport> steps, List<GateReport> gates) {

    record StepReport(String id, String title, Phase phase, Optional<Gate> gate, StepState state, int attempts,
            Optional<Long> rows, Optional<Failure> failure, boolean pointOfNoReturn, Optional<Instant> startedAt,
            Optional<Instant> finishedAt) {}

    record GateReport(Gate gate, int attempt, GateView.State state, Lsn marker, Optional<String> verdict,
            Instant openedAt) {}

    static RunReport of(RunView run) {
        boolean abortable = !run.state().terminal() && run.plan().steps().stream().filter(Step::pointOfNoReturn)
                .allMatch(step -> run.step(step.id()).state() == StepState.PENDING);
        return new RunReport(run.id(), run.target(), run.release(), run.plan().hash(), run.state(), run.reason(),
                Milestones.reached(run), abortable,
                run.plan().steps().stream().map(step -> of(step, run.step(step.id()))).toList(),
                run.gates().stream().map(gate -> new GateReport(gate.gate(), gate.attempt(), gate.state(),
                        gate.marker(), gate.verdict(), gate.openedAt())).toList());
    }

    private static StepReport of(Step step, StepView view) {
        return new StepReport(step.id(), step.title(), step.phase(), step.gate(), view.state(), view.attempts(),
                view.rows(), view.failure(), step.pointOfNoReturn(), view.startedAt(), view.finishedAt());
    }
}
