package io.lockkeeper.planner.rehearsal;

import static io.lockkeeper.messages.Identifier.literal;
import static io.lockkeeper.messages.Identifier.quote;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Rehearsal;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.rehearsal.ScratchDatabase.StatementFailed;
import io.lockkeeper.planner.rehearsal.ScratchDatabase.Trace;
import io.lockkeeper.planner.report.StepSql;

/** The plan, run forward, back and forward again; gates open at once, because nobody works here. */
final class PlanRun {

    /** As the executor's sessions have it. */
    private static final String SEARCH_PATH = "pg_catalog";
    /** As the team's own sessions have it: what is run as written means what it says there. */
    static final String TEAMS_SEARCH_PATH = "\"$user\", public";

    private final Plan plan;
    private final Set<Step.Source> unknown;
    private final ScratchDatabase database;
    private final Findings findings;

    /** @param unknown statements that run as written: where their steps name no lock, none is compared */
    PlanRun(Plan plan, Set<Step.Source> unknown, ScratchDatabase database, Findings findings) {
        this.plan = plan;
        this.unknown = unknown;
        this.database = database;
        this.findings = findings;
    }

    /** What each step did; stops at the first step that fails. */
    List<Rehearsal.StepTrace> run() {
        List<Step> revertible = plan.steps().stream().takeWhile(step -> !step.pointOfNoReturn()).toList();
        List<Step> rest = plan.steps().subList(revertible.size(), plan.steps().size());
        List<String> before = database.facts();
        List<Rehearsal.StepTrace> traces = new ArrayList<>();
        if (!forward(revertible, traces)) {
            return traces;
        }
        if (revertible.stream().flatMap(step -> step.undo().stream())
                .allMatch(undo -> undo.lossless() || !undo.actions().isEmpty())) {
            if (!back(revertible, before) || !forward(revertible, new ArrayList<>())) {
                return traces;
            }
        }
        forward(rest, traces);
        return traces;
    }

    private boolean forward(List<Step> steps, List<Rehearsal.StepTrace> traces) {
        for (Step step : steps) {
            try {
                Trace trace = run(step.action(), step.locks().stream().map(Step.LockClaim::relation).toList());
                traces.add(new Rehearsal.StepTrace(step.id(), trace.locks(), trace.rewrites()));
                for (String difference : claimsNothing(step) ? List.<String>of() : Comparison.ofStep(step, trace)) {
                    findings.add("rehearsal-differs", "step " + step.id() + " " + difference, step.source(),
                            "The application would feel what the plan does not say.",
                            "Do not run this plan; report it with the release's files.");
                }
                if (step.validation().isPresent() && database.returnsRows(step.validation().get())) {
                    findings.add("rehearsal-validation-failed", "the validation of step " + step.id() + " finds rows",
                            step.source(), "The step does not do what it is there for.",
                            "Do not run this plan; report it with the release's files.");
                }
            } catch (StatementFailed e) {
                findings.add("rehearsal-step-failed", "step " + step.id() + " fails: " + e.getMessage(), step.source(),
                        "It would fail on the target, half way through the plan.",
                        "Mend the statement; where it is right, report the plan.");
                return false;
            }
        }
        return true;
    }

    /** By a named exception, or because nobody uses a fresh target. */
    private boolean claimsNothing(Step step) {
        return step.action() instanceof Action.AsWritten
                || step.locks().isEmpty() && step.source().filter(unknown::contains).isPresent();
    }

    private boolean back(List<Step> steps, List<String> before) {
        List<Step> reversed = new ArrayList<>(steps);
        Collections.reverse(reversed);
        // A revert ends as a plan does: observation is taken down.
        plan.steps().stream().filter(step -> step.action() instanceof Action.Conclude && !reversed.contains(step))
                .forEach(reversed::add);
        for (Step step : reversed) {
            try {
                if (step.action() instanceof Action.Conclude) {
                    run(step.action(), List.of());
                } else if (step.undo().isPresent()) {
                    back(step, step.undo().get());
                }
            } catch (StatementFailed e) {
                findings.add("rehearsal-undo-failed", "the undo of step " + step.id() + " fails: " + e.getMessage(),
                        step.source(), "A revert would stop half way.", "Do not run this plan; report it.");
                return false;
            }
        }
        List<String> differences = Comparison.ofCatalogs(before, database.facts());
        if (!differences.isEmpty()) {
            findings.add("rehearsal-undo-differs",
                    "taken back, the plan leaves another catalog: " + Findings.shown(differences),
                    Optional.empty(), "A revert would not bring back what was there.",
                    "Do not run this plan; report it.");
        }
        return differences.isEmpty();
    }

    private void back(Step step, Step.Undo undo) {
        for (Action action : undo.actions()) {
            for (String difference : Comparison.ofLocks(undo.locks(), run(action, List.of()))) {
                findings.add("rehearsal-undo-differs", "the undo of step " + step.id() + " " + difference,
                        step.source(), "A revert would make the application wait where the plan does not say so.",
                        "Do not run this plan; report it with the release's files.");
            }
        }
    }

    private Trace run(Action action, List<RelationName> held) {
        if (action instanceof Action.Backfill backfill) {
            // In one transaction: here are no rows to go easy on, and its locks can be read.
            return database.run(List.of("UPDATE " + backfill.table().quoted() + " SET "
                    + backfill.assignments().stream()
                            .map(one -> quote(one.column()) + " = " + one.expression())
                            .collect(Collectors.joining(", "))
                    + " WHERE " + backfill.differs()), SEARCH_PATH, held);
        }
        if (action instanceof Action.DetachPartition detach && !attached(detach)) {
            // An undo ends a DETACH that was interrupted; here it has ended.
            return new Trace(List.of(), List.of());
        }
        if (action instanceof Action.Check check) {
            return database.run(Stream.concat(Stream.of("SET TRANSACTION READ ONLY"), check.statements().stream())
                    .toList(), TEAMS_SEARCH_PATH, held);
        }
        return database.run(StepSql.of(action),
                action instanceof Action.AsWritten ? TEAMS_SEARCH_PATH : SEARCH_PATH, held);
    }

    private boolean attached(Action.DetachPartition detach) {
        return database.returnsRows("SELECT FROM pg_inherits WHERE inhparent = "
                + literal(detach.table().quoted()) + "::regclass AND inhrelid = "
                + literal(detach.partition().quoted()) + "::regclass");
    }
}
