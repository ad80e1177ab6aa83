package io.lockkeeper.planner.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.Phase;
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
import io.lockkeeper.planner.release.ReleaseCheck;
import io.lockkeeper.planner.review.Estimator;
import io.lockkeeper.planner.review.Reviewer;
import io.lockkeeper.planner.rewrite.Draft;
import io.lockkeeper.planner.rewrite.Pair;
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
    private static final int STEP = 10;
    private static final long MANY_ROWS = 100_000;
    private static final int SLUG = 80;

    private record Placed(SourceStatement statement, Draft draft, List<Tolerance> tolerances) {}

    private final ReleaseRequested release;
    private final String eventId;
    private final Catalog before;
    private final EvidenceProfile profile;
    private final boolean oldVersion;
    private final Estimator estimator;
    private final Reviewer reviewer;
    private final List<Placed> placed = new ArrayList<>();
    private final List<Pair> pairs = new ArrayList<>();
    private final List<Tolerance> tolerances = new ArrayList<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final Set<RelationName> created = new TreeSet<>();
    private final Set<RelationName> changing = new TreeSet<>();
    private final Set<RelationName> unpublishable = new TreeSet<>();
    private final Set<RelationName> rekeyed = new TreeSet<>();
    private Catalog after;

    Assembly(ReleaseRequested release, String eventId, Catalog before, EvidenceProfile profile, Estimator estimator,
            Reviewer reviewer) {
        this.estimator = estimator;
        this.reviewer = reviewer;
        this.release = release;
        this.eventId = eventId;
        this.before = before;
        this.after = before;
        this.profile = profile;
        this.oldVersion = release.application().fromVersion().isPresent();
        before.relations().values().stream().filter(relation -> !relation.publishable())
                .forEach(relation -> unpublishable.add(relation.name()));
        release.policy().exceptions().forEach(exception -> notes.add(note(exception)));
    }

    static String note(Policy.PolicyException exception) {
        return "exception " + exception.rule() + " for " + exception.object() + ", answered for by " + exception.by()
                + ": " + exception.reason();
    }

    static List<Plan.FileVersion> versions(ReleaseCheck.Sound sound) {
        return sound.files().stream()
                .map(file -> new Plan.FileVersion(file.version(), file.path(), file.checksum())).toList();
    }

    void add(SourceStatement statement, Sequence sequence) {
        for (Draft written : sequence.drafts()) {
            Draft draft = inOrder(written);
            placed.add(new Placed(statement, draft, sequence.tolerances()));
            if (draft.action() instanceof Action.ReplaceRoutine replaced) {
                // What was said of its old body is settled.
                notes.removeIf(note -> note.startsWith("routine " + replaced.routine() + "("
                        + String.join(", ", replaced.argumentTypes()) + ") mentions "));
            }
        }
        after = sequence.after();
        pairs.addAll(sequence.pairs());
        tolerances.addAll(sequence.tolerances());
        sequence.notes().forEach(note -> notes.add(note + " (" + statement.path() + ", line "
                + statement.parsed().startLine() + ")"));
        for (Relation relation : sequence.after().relations().values()) {
            before.relation(relation.name()).filter(old -> !old.key().equals(relation.key()))
                    .ifPresent(old -> rekeyed.add(old.name()));
            if (relation.created()) {
                created.add(relation.name());
            } else if (!relation.publishable()) {
                unpublishable.add(relation.name());
            }
        }
    }

    /**
     * Rows change in migrate. What stands behind such a statement in the files and writes rows that it reads or writes, or
     * builds on a table of the release that it fills, must not overtake it.
     */
    private Draft inOrder(Draft draft) {
        boolean behind = draft.stage() == Stage.EXPAND && draft.locks().stream()
                .anyMatch(claim -> changing.contains(claim.relation())
                        && (claim.mode() == LockMode.ROW_EXCLUSIVE || created.contains(claim.relation())));
        Draft placed = behind ? draft.at(Stage.MIGRATE) : draft;
        boolean changesRows = placed.action() instanceof Action.ChangeRows
                || placed.action() instanceof Action.Ddl && placed.locks().stream()
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

    Planner.Result plan(ReleaseCheck.Sound sound, Function<RelationName, String> fingerprints) {
        List<Placed> sorted = placed.stream().sorted(Comparator.comparing(p -> p.draft().stage())).toList();
        noteMixture(sorted);
        List<Watch.WatchedRelation> relations = watched();
        Optional<Watch.Stream> stream = stream(relations);
        List<Step> steps = steps(sorted, stream, relations);
        Set<Gate> gates = new LinkedHashSet<>();
        steps.forEach(step -> step.gate().ifPresent(gates::add));
        Optional<Refusal> selector = missingSelector(gates);
        if (selector.isPresent()) {
            return new Planner.Refused(List.of(selector.get()));
        }
        sound.present().forEach(version -> notes.add("version " + version + " is in the target's history already"));
        Watch watch = new Watch(stream, relations, parityPairs(gates), release.invariants(), release.application(),
                profile, retired(), release.rowRules(), release.gauges());
        Plan plan = new Plan(release.target(), release.release(), before.serverVersion(), "", release.policy(),
                versions(sound),
                preconditions(fingerprints), steps, watch, windows(sorted, steps), List.copyOf(notes));
        Plan hashed = plan.withHash(PlanHash.of(plan));
        return checkSize(hashed.withReview(reviewer.review(hashed, tolerances(sorted, steps))));
    }

    private List<Step> steps(List<Placed> sorted, Optional<Watch.Stream> stream,
            List<Watch.WatchedRelation> relations) {
        List<Step> steps = new ArrayList<>();
        stream.ifPresent(names -> steps.add(publication(names, relations)));
        boolean armable = !sorted.isEmpty() && sorted.get(0).draft().stage().gate().isEmpty();
        int number = 1;
        if (!armable) {
            steps.add(plainStep(number++ * STEP, "observation-armed", "Observation is armed", Phase.EXPAND,
                    Optional.of(Gate.ARMED), new Action.Ddl(List.of())));
        }
        boolean dropped = false;
        for (int i = 0; i < sorted.size(); i++) {
            Draft draft = sorted.get(i).draft();
            Optional<Gate> gate = i == 0 && armable ? Optional.of(Gate.ARMED) : draft.stage().gate();
            boolean first = draft.stage() == Stage.DROP && !dropped;
            dropped |= first;
            steps.add(new Step(id(number++ * STEP, draft.slug()), draft.stage().phase(), draft.title(), gate,
                    draft.action(), draft.locks(), draft.undo(), draft.validation(), first,
                    Optional.of(sorted.get(i).statement().source()), estimate(draft)));
        }
        boolean contracts = steps.stream().anyMatch(step -> step.phase() == Phase.CONTRACT);
        steps.add(plainStep(number * STEP, "conclude", "Write the migration history, and take observation down",
                contracts ? Phase.CONTRACT : Phase.MIGRATE,
                contracts ? Optional.of(Gate.WATCHED) : Optional.empty(), new Action.Conclude(stream)));
        return steps;
    }

    private static Step publication(Watch.Stream stream, List<Watch.WatchedRelation> relations) {
        List<RelationName> tables = relations.stream().filter(Watch.WatchedRelation::published)
                .map(Watch.WatchedRelation::relation).toList();
        return new Step(id(0, "create-publication"), Phase.EXPAND, "Publish the watched tables for observation",
                Optional.empty(), new Action.CreatePublication(stream.publication(), tables),
                tables.stream().map(table -> new Step.LockClaim(table, LockMode.SHARE_UPDATE_EXCLUSIVE)).toList(),
                Optional.empty(), Optional.empty(), false, Optional.empty(), Optional.empty());
    }

    private static Step plainStep(int number, String slug, String title, Phase phase, Optional<Gate> gate,
            Action action) {
        return new Step(id(number, slug), phase, title, gate, action, List.of(), Optional.empty(), Optional.empty(),
                false, Optional.empty(), Optional.empty());
    }

    private static String id(int number, String slug) {
        String plain = slug.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-");
        return String.format(Locale.ROOT, "%03d-%s", number,
                plain.length() <= SLUG ? plain : plain.substring(0, SLUG));
    }

    private Optional<Step.Estimate> estimate(Draft draft) {
        return table(draft).flatMap(before::relation)
                .map(relation -> estimator.estimate(draft.action(), relation));
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
        return draft.locks().stream().map(Step.LockClaim::relation).reduce((first, last) -> last);
    }

    /** Every table in use that a step locks: the plan is about these. */
    private Set<RelationName> touched() {
        Set<RelationName> touched = new TreeSet<>();
        placed.forEach(p -> p.draft().locks().forEach(claim -> touched.add(claim.relation())));
        touched.removeIf(name -> before.relation(name).isEmpty());
        return touched;
    }

    private List<Watch.WatchedRelation> watched() {
        return touched().stream().map(name -> before.relation(name).orElseThrow())
                .filter(relation -> relation.kind() == Relation.Kind.TABLE)
                .map(relation -> new Watch.WatchedRelation(relation.name(),
                        // A key whose columns change names on the way tells rows apart for no stream.
                        rekeyed.contains(relation.name()) ? List.of() : relation.key(),
                        !unpublishable.contains(relation.name())))
                .toList();
    }

    private Optional<Watch.Stream> stream(List<Watch.WatchedRelation> relations) {
        if (release.policy().withoutStream()) {
            notes.add("without a stream, as the policy says: tables are polled");
            return Optional.empty();
        }
        if (!before.walLevel().equals("logical")) {
            notes.add("without a stream, because wal_level is " + before.walLevel()
                    + ": tables are polled; set wal_level = logical for a faster alarm");
            return Optional.empty();
        }
        relations.stream().filter(relation -> !relation.published()).forEach(relation -> notes.add(relation.relation()
                + " has no usable replica identity: it stays unpublished and is polled"));
        if (relations.stream().noneMatch(Watch.WatchedRelation::published)) {
            notes.add("without a stream, because no touched table can be published");
            return Optional.empty();
        }
        String name = "lockkeeper_" + Hash.sha256(release.target() + "\n" + eventId).substring(0, 16);
        return Optional.of(new Watch.Stream(name, name));
    }

    private List<Watch.ParityPair> parityPairs(Set<Gate> gates) {
        List<Watch.ParityPair> all = new ArrayList<>();
        for (Pair pair : pairs) {
            List<Gate> judged = pair.judged().stream().sorted().flatMap(stage -> stage.gate().stream())
                    .filter(gates::contains).distinct().toList();
            if (!judged.isEmpty()) {
                all.add(new Watch.ParityPair(pair.id(), pair.relation(), pair.key(), pair.differs(), pair.trigger(),
                        judged));
            }
        }
        return all;
    }

    /** Relations and columns in use whose names the contract phase takes away. */
    private List<Watch.Retired> retired() {
        List<Watch.Retired> retired = new ArrayList<>();
        for (Relation old : before.relations().values()) {
            List<String> columns = after.relation(old.name()).map(Relation::takenNames).orElse(List.of()).stream()
                    .filter(name -> old.column(name).isPresent()).toList();
            if (!columns.isEmpty() || after.relation(old.name()).isEmpty() && old.kind() != Relation.Kind.SEQUENCE) {
                retired.add(new Watch.Retired(old.name(), columns));
            }
        }
        return retired;
    }

    private List<Plan.Precondition> preconditions(Function<RelationName, String> fingerprints) {
        Map<RelationName, String> all = new TreeMap<>();
        touched().forEach(name -> all.put(name, fingerprints.apply(name)));
        created.forEach(name -> all.put(name, "absent"));
        return all.entrySet().stream().map(entry -> new Plan.Precondition(entry.getKey(), entry.getValue())).toList();
    }

    private List<Plan.CompatibilityWindow> windows(List<Placed> sorted, List<Step> steps) {
        List<Plan.CompatibilityWindow> windows = new ArrayList<>();
        String lastExpand = last(steps, Phase.EXPAND);
        String lastMigrate = last(steps, Phase.MIGRATE).isEmpty() ? lastExpand : last(steps, Phase.MIGRATE);
        boolean contracts = sorted.stream().anyMatch(p -> p.draft().stage().phase() == Phase.CONTRACT);
        release.application().fromVersion().ifPresent(version -> windows.add(new Plan.CompatibilityWindow(version, "",
                contracts ? lastMigrate : "", tolerated(Tolerance.Side.OLD_VERSION, "runs unchanged"))));
        String version = release.application().toVersion();
        windows.add(new Plan.CompatibilityWindow(version, lastExpand, "",
                tolerated(Tolerance.Side.NEW_WRITERS, "may write from `expanded` on")));
        windows.add(new Plan.CompatibilityWindow(version, contracts ? lastMigrate : lastExpand, "",
                tolerated(Tolerance.Side.NEW_READERS, "may read from `migrated` on")));
        return windows;
    }

    private String tolerated(Tolerance.Side side, String summary) {
        List<String> texts = tolerances.stream().filter(tolerance -> tolerance.side() == side)
                .map(Tolerance::text).distinct().toList();
        return texts.isEmpty() ? summary : summary + ": " + String.join("; ", texts);
    }

    private static String last(List<Step> steps, Phase phase) {
        return steps.stream().filter(step -> step.phase() == phase && !(step.action() instanceof Action.Conclude))
                .map(Step::id).reduce("", (first, next) -> next);
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

    static Planner.Result checkSize(Plan plan) {
        try {
            int bytes = MessageJson.mapper().writeValueAsBytes(plan).length;
            if (bytes > MOST_BYTES) {
                return new Planner.Refused(List.of(new Refusal("plan-too-large",
                        "the plan has " + bytes + " bytes; a plan may have " + MOST_BYTES, Optional.empty(),
                        Optional.empty(), Optional.of("Split the release."))));
            }
            return new Planner.Planned(plan);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the plan of " + plan.release(), e);
        }
    }
}
