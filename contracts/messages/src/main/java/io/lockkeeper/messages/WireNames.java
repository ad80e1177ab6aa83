package io.lockkeeper.messages;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.jsontype.NamedType;

/** Every name that leaves the process: topics, CloudEvents types, kinds of action. A name, once released, stays. */
public final class WireNames {

    public static final String RELEASES = "releases";
    public static final String PLANS = "plans";
    public static final String OUTCOMES = "outcomes";
    public static final String VERDICTS = "verdicts";
    public static final String ALERTS = "alerts";
    public static final String CONTROLS = "controls";

    /** Topics without the configurable prefix ({@code lockkeeper.} by default). */
    public static final List<String> TOPICS = List.of(RELEASES, PLANS, OUTCOMES, VERDICTS, ALERTS, CONTROLS);

    /** Appended to a topic for what broke the contract. */
    public static final String DEAD_LETTER_SUFFIX = ".dlq";

    public static final String DEFAULT_PREFIX = "lockkeeper.";

    private static final String NAMESPACE = "io.lockkeeper.";

    /** @param name CloudEvents type with the major version at its end; {@code topic} without prefix */
    public record Type(String name, Class<? extends Message> message, String topic) {

        /** {@code plan.proposed.v1}: names the schema's file and the samples' folder beside this class. */
        public String shortName() {
            return name.substring(NAMESPACE.length());
        }
    }

    public static final List<Type> TYPES = List.of(
            type("release.requested", ReleaseEvent.ReleaseRequested.class, RELEASES),
            type("version.deployed", ReleaseEvent.VersionDeployed.class, RELEASES),
            type("version.rolledback", ReleaseEvent.VersionRolledBack.class, RELEASES),
            type("version.retired", ReleaseEvent.VersionRetired.class, RELEASES),
            type("plan.proposed", PlanEvent.PlanProposed.class, PLANS),
            type("plan.refused", PlanEvent.PlanRefused.class, PLANS),
            type("run.changed", OutcomeEvent.RunChanged.class, OUTCOMES),
            type("run.refused", OutcomeEvent.RunRefused.class, OUTCOMES),
            type("preflight.done", OutcomeEvent.PreflightDone.class, OUTCOMES),
            type("milestone.reached", OutcomeEvent.MilestoneReached.class, OUTCOMES),
            type("step.changed", OutcomeEvent.StepChanged.class, OUTCOMES),
            type("step.progressed", OutcomeEvent.StepProgressed.class, OUTCOMES),
            type("lock.waited", OutcomeEvent.LockWaited.class, OUTCOMES),
            type("gate.opened", OutcomeEvent.GateOpened.class, OUTCOMES),
            type("gate.passed", OutcomeEvent.GatePassed.class, OUTCOMES),
            type("gate.overdue", OutcomeEvent.GateOverdue.class, OUTCOMES),
            type("verdict.given", Verdict.class, VERDICTS),
            type("alert.raised", AlertEvent.AlertRaised.class, ALERTS),
            type("alert.resolved", AlertEvent.AlertResolved.class, ALERTS),
            type("control.approve", Control.Approve.class, CONTROLS),
            type("control.pause", Control.Pause.class, CONTROLS),
            type("control.resume", Control.Resume.class, CONTROLS),
            type("control.abort", Control.Abort.class, CONTROLS),
            type("control.revert", Control.Revert.class, CONTROLS),
            type("control.tune", Control.Tune.class, CONTROLS));

    /** The {@code kind} of each action. */
    public static final List<NamedType> ACTIONS = List.of(
            new NamedType(Action.Ddl.class, "ddl"),
            new NamedType(Action.ReplaceRoutine.class, "replace-routine"),
            new NamedType(Action.CreateIndex.class, "create-index"),
            new NamedType(Action.DropIndex.class, "drop-index"),
            new NamedType(Action.ValidateConstraint.class, "validate-constraint"),
            new NamedType(Action.DetachPartition.class, "detach-partition"),
            new NamedType(Action.Reindex.class, "reindex"),
            new NamedType(Action.RefreshView.class, "refresh-view"),
            new NamedType(Action.Backfill.class, "backfill"),
            new NamedType(Action.ChangeRows.class, "change-rows"),
            new NamedType(Action.Check.class, "check"),
            new NamedType(Action.AsWritten.class, "as-written"),
            new NamedType(Action.CreatePublication.class, "create-publication"),
            new NamedType(Action.Conclude.class, "conclude"));

    private static final Map<Class<?>, Type> BY_CLASS = TYPES.stream()
            .collect(Collectors.toUnmodifiableMap(Type::message, Function.identity()));
    private static final Map<String, Type> BY_NAME = TYPES.stream()
            .collect(Collectors.toUnmodifiableMap(Type::name, Function.identity()));

    private WireNames() {}

    public static Type type(Class<? extends Message> message) {
        return BY_CLASS.get(message);
    }

    /** Empty for a name that is not known here. */
    public static Optional<Type> type(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    public static String kind(Action action) {
        return ACTIONS.stream().filter(named -> named.getType() == action.getClass()).findFirst().orElseThrow()
                .getName();
    }

    private static Type type(String name, Class<? extends Message> message, String topic) {
        return new Type(NAMESPACE + name + ".v1", message, topic);
    }
}
