package io.lockkeeper.executor.preflight;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.executor.doctor.Doctor;
import io.lockkeeper.executor.doctor.Finding;
import io.lockkeeper.executor.doctor.Finding.Status;
import io.lockkeeper.executor.pace.Pace;
import io.lockkeeper.executor.recovery.Tenure;
import io.lockkeeper.executor.throttle.Governor;
import io.lockkeeper.executor.throttle.Hooks;
import io.lockkeeper.executor.throttle.Speed;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.target.Session;

/**
 * Looks at a target before a run's first step: a run that begins on a database in trouble makes it worse. What is not known
 * is said and halts nothing; {@code docs/preflight.md} says what does.
 */
public final class Preflight {

    private final Hooks hooks;
    private final AlertPath alerts;
    private final Pace pace;

    /** @param hooks what only others know: the disk's headroom */
    public Preflight(Hooks hooks, AlertPath alerts, Pace pace) {
        this.hooks = hooks;
        this.alerts = alerts;
        this.pace = pace;
    }

    public List<Finding> look(Tenure tenure, Plan plan) {
        Session session = tenure.watch();
        String[] relations = relations(plan);
        Optional<RelationName> moved = moved(plan).findFirst();
        var condition = new Condition(session);
        List<Finding> findings = new ArrayList<>();
        add(findings, "server-version", () -> Doctor.serverVersion(session));
        add(findings, "primary", condition::primary);
        add(findings, "schema-version", condition::schemaVersion);
        add(findings, "sizes", () -> condition.sizes(relations, moved.isPresent()));
        add(findings, "long-transactions", condition::longTransactions);
        add(findings, "waiting-locks", () -> condition.waitingLocks(relations));
        add(findings, "connections", condition::connections);
        add(findings, "wraparound", () -> condition.wraparound(moved.isPresent()));
        var surroundings = new Surroundings(session);
        add(findings, "replicas", () -> surroundings.replicas(tenure.replicas()));
        add(findings, "slots", surroundings::slots);
        add(findings, "archive", surroundings::archive);
        add(findings, "events", surroundings::events);
        add(findings, "observer", () -> surroundings.observer(!plan.gates().isEmpty()));
        add(findings, "alert-path", this::alertPath);
        moved.ifPresent(table -> add(findings, "data-steps", () -> dataSteps(session, table)));
        findings.addAll(headroom());
        return findings;
    }

    private static void add(List<Finding> findings, String check, Supplier<Finding> examination) {
        findings.add(Finding.of(check, examination));
    }

    private Finding alertPath() {
        return switch (alerts.look()) {
            case ALIVE -> Finding.ok("alert-path", "whoever is to be alerted can be reached");
            case DEAD ->
                Finding.fail("alert-path", "lockkeeper.preflight.alert-path does not answer: nobody would hear of"
                        + " a NO_GO; mend it, then resume", "");
            case UNKNOWN -> new Finding("alert-path", Status.UNKNOWN,
                    "nobody says whether alerts arrive: configure lockkeeper.preflight.alert-path", "");
        };
    }

    /** With the throttle's own eyes: what would pause a data step is said before, and does not halt what comes before it. */
    private Finding dataSteps(Session session, RelationName table) {
        Speed speed = new Governor(session, table, List.of(-1), 0, 0, Hooks.NONE, pace).speed();
        return speed.reasons().isEmpty()
                ? Finding.ok("data-steps", "nothing would slow data steps down now")
                : Finding.warn("data-steps", "data steps would be " + (speed.workers() == 0 ? "paused" : "slowed down")
                        + " now by " + String.join(", ", speed.reasons()) + ": they wait for it by themselves", "");
    }

    private List<Finding> headroom() {
        if (hooks.names().isEmpty()) {
            return List.of(new Finding("headroom", Status.UNKNOWN, "nobody says how much room the disk has for data and"
                    + " WAL, and the database does not know: configure lockkeeper.throttle.hooks.disk", ""));
        }
        Map<String, Double> values = hooks.ask();
        return hooks.names().stream().sorted().map(name -> headroom("headroom " + name,
                Optional.ofNullable(values.get(name)))).toList();
    }

    private static Finding headroom(String check, Optional<Double> value) {
        if (value.isEmpty()) {
            return new Finding(check, Status.UNKNOWN, "its address does not answer with a number", "");
        }
        String says = "it says " + value.get() + " (from 1 on data steps slow down, from 2 on they stop)";
        return value.get() >= 2
                ? Finding.fail(check, says + ": make room, then resume", "")
                : value.get() >= 1 ? Finding.warn(check, says, "") : Finding.ok(check, says);
    }

    private static Stream<RelationName> moved(Plan plan) {
        return plan.steps().stream().map(Step::action).flatMap(action -> {
            if (action instanceof Action.Backfill fill) {
                return Stream.of(fill.table());
            }
            return action instanceof Action.ChangeRows change ? Stream.of(change.table()) : Stream.empty();
        });
    }

    private static String[] relations(Plan plan) {
        Stream<RelationName> named = Stream.concat(plan.preconditions().stream().map(Plan.Precondition::relation),
                plan.steps().stream().flatMap(step -> step.locks().stream()).map(Step.LockClaim::relation));
        return Stream.concat(named, moved(plan)).map(RelationName::quoted).collect(Collectors.toSet())
                .toArray(String[]::new);
    }
}
