package io.lockkeeper.planner.plan;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;

/** Plans a release on its target as it is now. */
public final class Planning {

    private final Targets targets;
    private final Planner planner;

    public Planning(Targets targets, Planner planner) {
        this.targets = targets;
        this.planner = planner;
    }

    /** @throws Targets.TargetUnreachable if the target does not answer now */
    public PlanEvent plan(ReleaseRequested release, String eventId) {
        // Parsed before the target is opened: a transaction must not idle there meanwhile.
        Planner.Reading reading = planner.read(release);
        if (reading instanceof Planner.Unreadable unreadable) {
            return refused(release, unreadable.refusals());
        }
        Targets.Opened opened = targets.open(release.target());
        if (opened instanceof Targets.Unusable unusable) {
            return refused(release, List.of(new Refusal(unusable.code(), unusable.message(), Optional.empty(),
                    Optional.empty(), Optional.of("Add the target, or check its name."))));
        }
        try (TargetSnapshot snapshot = ((Targets.Open) opened).snapshot()) {
            Planner.Result result = planner.plan((Planner.Readable) reading, eventId, snapshot);
            return result instanceof Planner.Planned planned
                    ? new PlanEvent.PlanProposed(planned.plan())
                    : refused(release, ((Planner.Refused) result).refusals());
        }
    }

    /** What is said when waiting for the target was in vain. */
    public static PlanEvent unreachable(ReleaseRequested release, String message) {
        return refused(release, List.of(new Refusal("target-unreachable", message, Optional.empty(), Optional.empty(),
                Optional.of("Check that the target answers, then send the release again under a new event id."))));
    }

    /** What is said when the planner itself broke: the log says more. */
    public static PlanEvent failed(ReleaseRequested release) {
        return refused(release, List.of(new Refusal("planner-failure",
                "the planner failed on release " + release.release() + "; its log says why", Optional.empty(),
                Optional.empty(), Optional.of("Report it with the release's files."))));
    }

    private static PlanEvent refused(ReleaseRequested release, List<Refusal> refusals) {
        return new PlanEvent.PlanRefused(release.target(), release.release(), refusals);
    }
}
