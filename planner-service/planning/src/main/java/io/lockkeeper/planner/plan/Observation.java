package io.lockkeeper.planner.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Hash;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.catalog.Relation;
import io.lockkeeper.planner.rewrite.Pair;
import io.lockkeeper.planner.rewrite.Sequence;

/** What has to be watched while a plan runs, collected from the sequences of its statements. */
final class Observation {

    private final ReleaseRequested release;
    private final String eventId;
    private final TargetSnapshot target;
    private final Catalog before;
    private final Set<RelationName> foreign;
    private final List<Pair> pairs = new ArrayList<>();
    private final Set<RelationName> unpublishable = new TreeSet<>();
    private final Set<RelationName> rekeyed = new TreeSet<>();
    private final PublishedColumns columns;
    private Catalog after;

    Observation(ReleaseRequested release, String eventId, TargetSnapshot target) {
        this.release = release;
        this.eventId = eventId;
        this.target = target;
        before = target.catalog();
        after = before;
        columns = new PublishedColumns(before, release.rowRules());
        // Only its owner may publish a table.
        foreign = target.foreign().stream().map(TargetSnapshot.Foreign::relation).collect(Collectors.toSet());
        unpublishable.addAll(foreign);
        requirePublishable();
    }

    void follow(Sequence sequence) {
        after = sequence.after();
        pairs.addAll(sequence.pairs());
        columns.follow(after);
        requirePublishable();
        before.relations().values().stream().filter(old -> after.relation(old.name())
                .filter(relation -> !old.key().equals(relation.key())).isPresent())
                .forEach(old -> rekeyed.add(old.name()));
    }

    /** Published is what has a usable replica identity now and after every step. */
    private void requirePublishable() {
        after.relations().values().stream().filter(relation -> !relation.created() && !relation.publishable())
                .forEach(relation -> unpublishable.add(relation.name()));
    }

    /** @param touched relations that were there before the release */
    List<Watch.WatchedRelation> relations(Set<RelationName> touched) {
        return touched.stream().map(name -> before.relation(name).orElseThrow())
                .filter(relation -> relation.kind() == Relation.Kind.TABLE)
                .map(relation -> new Watch.WatchedRelation(relation.name(),
                        // A key whose columns change names on the way tells rows apart for no stream.
                        rekeyed.contains(relation.name()) ? List.of() : relation.key(),
                        !unpublishable.contains(relation.name())))
                .toList();
    }

    Optional<Watch.Stream> stream(List<Watch.WatchedRelation> relations, Consumer<String> notes) {
        Optional<String> reason = release.policy().withoutStream()
                ? Optional.of("as the policy says: tables are polled")
                : target.noStream().map(why -> "because " + why);
        if (reason.isPresent()) {
            notes.accept("without a stream, " + reason.get());
            return Optional.empty();
        }
        relations.stream().filter(relation -> !relation.published()).forEach(relation -> notes.accept(
                relation.relation() + (foreign.contains(relation.relation())
                        ? " belongs to another role, which alone may publish it"
                        : " has no usable replica identity") + ": it stays unpublished and is polled"));
        if (relations.stream().noneMatch(Watch.WatchedRelation::published)) {
            notes.accept("without a stream, because no touched table can be published");
            return Optional.empty();
        }
        String name = "lockkeeper_" + Hash.sha256(release.target() + "\n" + eventId).substring(0, 16);
        return Optional.of(new Watch.Stream(name, name));
    }

    Action.CreatePublication publication(Watch.Stream stream, List<Watch.WatchedRelation> relations) {
        List<RelationName> tables = relations.stream().filter(Watch.WatchedRelation::published)
                .map(Watch.WatchedRelation::relation).toList();
        return new Action.CreatePublication(stream.publication(), tables, columns.of(tables));
    }

    /** A row rule is asked of each change that the stream brings: of another table it would never be known to hold. */
    List<Refusal> unwatchedRules(Optional<Watch.Stream> stream, List<Watch.WatchedRelation> relations) {
        return release.rowRules().stream()
                .filter(rule -> stream.isEmpty() || relations.stream().noneMatch(
                        watched -> watched.relation().equals(rule.relation()) && watched.published()))
                .map(rule -> new Refusal("row-rule-not-watched",
                        "row rule " + rule.name() + " is about " + rule.relation() + ", which "
                                + (before.relation(rule.relation()).isEmpty()
                                        ? "does not exist"
                                        : relations.stream().anyMatch(one -> one.relation().equals(rule.relation()))
                                                ? "no change stream brings"
                                                : "the release does not touch"),
                        Optional.empty(),
                        Optional.of("Nobody would see its rows change, and every gate would wait for ever."),
                        Optional.of("State it as an invariant, a query that returns no rows; or leave it out.")))
                .toList();
    }

    Watch watch(Optional<Watch.Stream> stream, List<Watch.WatchedRelation> relations, Set<Gate> gates,
            EvidenceProfile profile) {
        return new Watch(stream, relations, parityPairs(gates), release.invariants(), release.application(), profile,
                retired(), release.rowRules(), release.gauges(), release.copies(), release.probes(),
                retiredRoutines());
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

    /** Whose place another one takes under the same name and input types is called as before. */
    private List<Watch.RetiredRoutine> retiredRoutines() {
        return before.routines().stream().filter(after::isLeaving)
                .filter(routine -> after.routine(routine.name(), routine.argumentTypes())
                        .filter(other -> other.standing().isEmpty()).isEmpty())
                .map(routine -> new Watch.RetiredRoutine(routine.name(), routine.argumentTypes())).toList();
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
}
