package io.lockkeeper.planner.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.Rehearsal;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;

/** Plans a release on its target as it is now. */
public final class Planning {

    private final Targets targets;
    private final Planner planner;
    private final Optional<Rehearsals> rehearsals;
    private final int sampledRows;

    /** Without a scratch server: a release that demands a rehearsal is refused. */
    public Planning(Targets targets, Planner planner) {
        this(targets, planner, Optional.empty(), 0);
    }

    /** @param sampledRows of each touched table, at most, that a rehearsal runs on; 0 where the schema is enough */
    public Planning(Targets targets, Planner planner, Optional<Rehearsals> rehearsals, int sampledRows) {
        this.sampledRows = sampledRows;
        this.targets = targets;
        this.planner = planner;
        this.rehearsals = rehearsals;
    }

    /** @throws Targets.TargetUnreachable if the target does not answer now */
    public PlanEvent plan(ReleaseRequested release, String eventId) {
        return plan(release, eventId, release.policy().rehearse() == Policy.Rehearse.REQUIRED);
    }

    /** With a rehearsal, whatever the policy says. */
    public PlanEvent rehearse(ReleaseRequested release, String eventId) {
        return plan(release, eventId, true);
    }

    private PlanEvent plan(ReleaseRequested release, String eventId, boolean rehearse) {
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
        Planner.Result result;
        Optional<Rehearsals.Origin> origin;
        try (TargetSnapshot snapshot = ((Targets.Open) opened).snapshot()) {
            result = planner.plan((Planner.Readable) reading, eventId, snapshot);
            origin = rehearse && rehearsals.isPresent() && result instanceof Planner.Planned planned
                    ? Optional.of(Rehearsals.Origin.of(snapshot, planned, sampledRows))
                    : Optional.empty();
        }
        if (result instanceof Planner.Refused refused) {
            return refused(release, refused.refusals());
        }
        Plan plan = ((Planner.Planned) result).plan();
        if (!rehearse) {
            return new PlanEvent.PlanProposed(plan);
        }
        return origin.map(target -> rehearsed(release, plan, target)).orElseGet(() -> noScratchServer(release));
    }

    private PlanEvent rehearsed(ReleaseRequested release, Plan plan, Rehearsals.Origin origin) {
        Rehearsals.Result result = rehearsals.orElseThrow().rehearse(release, plan, origin);
        if (result instanceof Rehearsals.Failed failed) {
            return refused(release, failed.refusals());
        }
        Rehearsal rehearsal = ((Rehearsals.Passed) result).rehearsal();
        // A team that keeps no down files at all does not want to be told of each.
        boolean keptAtAll = release.files().stream().anyMatch(file -> file.downSql().isPresent());
        List<String> notes = new ArrayList<>();
        origin.sample().left().forEach(left -> notes.add("rehearsed without " + left));
        rehearsal.downFiles().stream()
                .filter(down -> keptAtAll && down.verdict() != Rehearsal.DownVerdict.RESTORES)
                .map(down -> "the down file of " + down.path() + " is " + down.verdict().name().toLowerCase(Locale.ROOT)
                        + ": " + down.note() + "; Lockkeeper's undo: " + down.ourUndo())
                .forEach(notes::add);
        return new PlanEvent.PlanProposed(plan.withRehearsal(rehearsal, notes), Optional.of(rehearsal));
    }

    private static PlanEvent noScratchServer(ReleaseRequested release) {
        return refused(release, List.of(new Refusal("no-scratch-server",
                "release " + release.release() + " has to be rehearsed, and there is no scratch server",
                Optional.empty(), Optional.of("Nobody would know whether the plan's locks are what it says."),
                Optional.of("Name one in lockkeeper.planner.scratch-target, or plan with --rehearse on a machine"
                        + " where one can be started."))));
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
