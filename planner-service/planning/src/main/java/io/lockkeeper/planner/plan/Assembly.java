package io.lockkeeper.planner.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.plan.StepNumbers.Placed;
import io.lockkeeper.planner.release.ReleaseCheck;
import io.lockkeeper.planner.report.UndoLocks;
import io.lockkeeper.planner.review.Estimator;
import io.lockkeeper.planner.review.Reviewer;
import io.lockkeeper.planner.review.Surroundings;
import io.lockkeeper.planner.rewrite.Draft;
import io.lockkeeper.planner.rewrite.Sequence;
import io.lockkeeper.planner.rewrite.Tolerance;
import io.lockkeeper.planner.statement.SourceStatement;

/**
 * Puts the sequences of all statements into one plan: sorted by stage, numbered, gated, with what must be watched.
 * Within a stage the order is that of the statements, so that what builds on something comes after it.
 */
final class Assembly {

    /** A plan travels as one message; Kafka's limits are set to twice this. */
    private static final int MOST_BYTES = 4 * 1024 * 1024;
    private static final long MANY_ROWS = 100_000;
    /** Locks of statements that only an owner may run. */
    private static final Set<LockMode> CHANGES = EnumSet.of(LockMode.SHARE_UPDATE_EXCLUSIVE, LockMode.SHARE,
            LockMode.ACCESS_EXCLUSIVE);

    private final ReleaseRequested release;
    private final TargetSnapshot target;
    private final Catalog before;
    private final EvidenceProfile profile;
    private final boolean oldVersion;
    private final Estimator estimator;
    private final Reviewer reviewer;
    private final PostgresGrammar grammar;
    private final Observation observation;
    private final List<Placed> placed = new ArrayList<>();
    private final List<Tolerance> tolerances = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final Set<RelationName> created = new TreeSet<>();
    private final Set<RelationName> changing = new TreeSet<>();
    private Catalog after;

    Assembly(ReleaseRequested release, String eventId, TargetSnapshot target, EvidenceProfile profile,
            PostgresGrammar grammar) {
        Surroundings surroundings = target.surroundings();
        this.estimator = new Estimator(surroundings);
        this.reviewer = new Reviewer(grammar, surroundings);
        this.observation = new Observation(release, eventId, target);
        this.grammar = grammar;
        this.release = release;
        this.target = target;
        this.before = target.catalog();
        this.after = before;
        this.profile = profile;
        this.oldVersion = release.application().fromVersion().isPresent();
        release.policy().exceptions().forEach(exception -> notes.add(note(exception)));
        surroundings.eventTriggers().forEach(trigger -> notes.add("event trigger " + trigger
                + " fires on the DDL of this plan too, inside of its transactions and under its locks: what it raises fails"
                + " the step"));
    }

    static String note(Policy.PolicyException exception) {
        return "exception " + exception.rule() + " for " + exception.object() + ", answered for by " + exception.by()
                + ": " + exception.reason();
    }

    static List<Plan.FileVersion> versions(ReleaseCheck.Sound sound) {
        return sound.files().stream().map(MigrationFile::withoutText).toList();
    }

    void add(SourceStatement statement, Sequence sequence) {
        for (Draft written : sequence.drafts()) {
            Draft draft = inOrder(written);
            placed.add(new Placed(statement, draft, sequence.tolerances()));
            if (draft.action() instanceof Action.ReplaceRoutine replaced) {
                // What was said of its old body is settled.
                String routine = "routine " + replaced.routine() + "(" + String.join(", ", replaced.argumentTypes())
                        + ") ";
                notes.removeIf(note -> note.startsWith(routine + "mentions ")
                        || note.startsWith(routine + "stays as it is "));
            }
        }
        after = sequence.after();
        observation.follow(sequence);
        tolerances.addAll(sequence.tolerances());
        sequence.notes().forEach(note -> notes.add(note + " (" + statement.path() + ", line "
                + statement.parsed().startLine() + ")"));
        sequence.after().relations().values().stream().filter(Relation::created)
                .forEach(relation -> created.add(relation.name()));
    }

    /**
     * Rows change in migrate. What stands behind such a statement in the files and writes rows that it reads or writes, or
     * builds on a table of the release that it fills, must not overtake it.
     */
    private Draft inOrder(Draft draft) {
        boolean behind = draft.stage() == Stage.EXPAND && draft.changes().stream()
                .anyMatch(claim -> changing.contains(claim.relation())
                        && (claim.mode() == LockMode.ROW_EXCLUSIVE || created.contains(claim.relation())));
        Draft placed = behind ? draft.at(Stage.MIGRATE) : draft;
        boolean changesRows = placed.action() instanceof Action.ChangeRows
                || placed.action() instanceof Action.Ddl && placed.changes().stream()
                        .anyMatch(claim -> claim.mode() == LockMode.ROW_EXCLUSIVE);
        if (changesRows && placed.stage() == Stage.MIGRATE) {
            placed.locks().forEach(claim -> changing.add(claim.relation()));
        }
        return placed;
    }

    /** Behaviour and rows change in different phases, and are taken back together. */
    private void noteMixture(List<Placed> sorted) {
        List<String> routines = sorted.stream().map(p -> p.draft().action())
                .filter(Action.ReplaceRoutine.class::isInstance)
                .map(action -> ((Action.ReplaceRoutine) action).routine().toString()).distinct().toList();
        List<String> moved = sorted.stream().map(Placed::draft)
                .filter(draft -> draft.action() instanceof Action.ChangeRows
                        || draft.action() instanceof Action.Backfill)
                .flatMap(draft -> table(draft).flatMap(before::relation).stream())
                .filter(relation -> relation.rows() >= MANY_ROWS)
                .map(relation -> relation.name() + " (about " + relation.rows() + ")").distinct().toList();
        if (!routines.isEmpty() && !moved.isEmpty()) {
            notes.add("the release is split, because it changes routines (" + String.join(", ", routines)
                    + ") and moves many rows of " + String.join(", ", moved)
                    + ": routines are replaced in expand, rows are moved in migrate; release the routines alone to be able"
                    + " to take them back alone");
        }
    }

    Planner.Result plan(ReleaseCheck.Sound sound) {
        List<Placed> sorted = sorted();
        noteMixture(sorted);
        List<Watch.WatchedRelation> relations = observation.relations(changed());
        Optional<Watch.Stream> stream = observation.stream(relations, notes::add);
        List<Step> steps = StepNumbers.of(sorted, stream,
                stream.map(names -> observation.publication(names, relations)), this::estimate);
        Set<Gate> gates = new LinkedHashSet<>();
        steps.forEach(step -> step.gate().ifPresent(gates::add));
        List<Refusal> refusals = new ArrayList<>(notOwned());
        missingSelector(gates).ifPresent(refusals::add);
        refusals.addAll(observation.unwatchedRules(stream, relations));
        if (!refusals.isEmpty()) {
            return new Planner.Refused(refusals);
        }
        sound.present().forEach(version -> notes.add("version " + version + " is in the target's history already"));
        Plan plan = new Plan(release.target(), release.release(), before.serverVersion(), "", release.policy(),
                versions(sound), preconditions(), steps, observation.watch(stream, relations, gates, profile),
                new CompatibilityWindows(release.application(), steps, tolerances).all(), List.copyOf(notes));
        Plan hashed = plan.withHash(PlanHash.of(plan));
        return checkSize(hashed.withReview(reviewer.review(hashed, tolerances(sorted, steps))), after);
    }

    private List<Placed> sorted() {
        List<Placed> sorted = placed.stream().sorted(Comparator.comparing(p -> p.draft().stage())).toList();
        List<Draft> drafts = UndoLocks.of(sorted.stream().map(Placed::draft).toList(), grammar, before);
        return IntStream.range(0, sorted.size())
                .mapToObj(i -> new Placed(sorted.get(i).statement(), drafts.get(i), sorted.get(i).tolerances()))
                .toList();
    }

    private Optional<Step.Estimate> estimate(Draft draft) {
        return table(draft).flatMap(before::relation)
                .map(relation -> estimator.estimate(draft.action(), relation, before));
    }

    /** By id of the step: those of the statement that it comes from. */
    private static Map<String, List<Tolerance>> tolerances(List<Placed> sorted, List<Step> steps) {
        List<Step> sourced = steps.stream().filter(step -> step.source().isPresent()).toList();
        Map<String, List<Tolerance>> byStep = new TreeMap<>();
        for (int i = 0; i < sorted.size(); i++) {
            byStep.put(sourced.get(i).id(), sorted.get(i).tolerances());
        }
        return byStep;
    }

    private static Optional<RelationName> table(Draft draft) {
        if (draft.action() instanceof Action.ChangeRows change) {
            return Optional.of(change.table());
        }
        return draft.changes().stream().map(Step.LockClaim::relation).reduce((first, last) -> last);
    }

    /** Every relation in use that a step changes: the plan is about these. */
    private Set<RelationName> changed() {
        Set<RelationName> changed = new TreeSet<>();
        placed.forEach(p -> p.draft().changes().forEach(claim -> changed.add(claim.relation())));
        changed.removeIf(name -> before.relation(name).isEmpty());
        return changed;
    }

    /** What the plan rests on: also what it does not lock, but builds upon, such as the view that a view reads. */
    private List<Plan.Precondition> preconditions() {
        Map<RelationName, String> all = new TreeMap<>();
        changed().forEach(name -> all.put(name, target.fingerprint(name)));
        before.relations().values().stream()
                .filter(relation -> !Optional.of(relation).equals(after.relation(relation.name())))
                .forEach(relation -> all.computeIfAbsent(relation.name(), target::fingerprint));
        created.forEach(name -> all.put(name, "absent"));
        return all.entrySet().stream().map(entry -> new Plan.Precondition(entry.getKey(), entry.getValue())).toList();
    }

    /** Whoever runs the steps must own what they change; a referenced table only has to be lockable. */
    private List<Refusal> notOwned() {
        return target.foreign().stream().filter(foreign -> placed.stream().anyMatch(p -> p.draft().locks().stream()
                .anyMatch(claim -> claim.relation().equals(foreign.relation()) && CHANGES.contains(claim.mode()))))
                .map(foreign -> new Refusal("not-owner",
                        foreign.relation() + " belongs to " + foreign.owner() + ", and steps run as " + foreign.actor(),
                        Optional.empty(),
                        Optional.of("The step that changes it would fail, half way through the plan."),
                        Optional.of("GRANT " + foreign.owner() + " TO " + foreign.actor()
                                + "; or name " + foreign.owner() + " as ownerRole in the target's file.")))
                .toList();
    }

    private Optional<Refusal> missingSelector(Set<Gate> gates) {
        boolean asked = gates.stream().anyMatch(gate -> profile.requiredBy(gate).contains(EvidenceKind.OLD_SESSIONS));
        if (!oldVersion || !asked || release.application().oldSessions().isPresent()) {
            return Optional.empty();
        }
        return Optional.of(new Refusal("no-session-selector",
                "the release does not say how sessions of version "
                        + release.application().fromVersion().orElseThrow() + " are told apart",
                Optional.empty(), Optional.of("Nobody could prove that they are gone, and the contract phase would wait"
                        + " for ever."),
                Optional.of("State application.oldSessions, for example by application-name, pattern shop/1.")));
    }

    static Planner.Result checkSize(Plan plan, Catalog after) {
        try {
            int bytes = MessageJson.mapper().writeValueAsBytes(plan).length;
            if (bytes > MOST_BYTES) {
                return new Planner.Refused(List.of(new Refusal("plan-too-large",
                        "the plan has " + bytes + " bytes; a plan may have " + MOST_BYTES, Optional.empty(),
                        Optional.empty(), Optional.of("Split the release."))));
            }
            return new Planner.Planned(plan, after);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the plan of " + plan.release(), e);
        }
    }
}
