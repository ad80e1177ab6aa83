package io.lockkeeper.messages;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What the observer must know of a plan; it never parses step SQL.
 *
 * @param stream          absent where the release is proven without change data capture
 * @param relations       every relation that the plan touches
 * @param pairs           shapes that must agree
 * @param retired         names that the contract phase takes away: whoever still uses them would fail
 * @param retiredRoutines routines that it takes away
 */
public record Watch(Optional<Stream> stream, List<WatchedRelation> relations, List<ParityPair> pairs,
        List<Invariant> invariants, Application application, EvidenceProfile profile,
        @JsonProperty(defaultValue = "[]") List<Retired> retired,
        @JsonProperty(defaultValue = "[]") List<RowRule> rowRules,
        @JsonProperty(defaultValue = "[]") List<Gauge> gauges,
        @JsonProperty(defaultValue = "[]") List<RetiredRoutine> retiredRoutines,
        @JsonProperty(defaultValue = "[]") List<Copy> copies, @JsonProperty(defaultValue = "[]") List<Probe> probes) {

    /** @param publication made by the executor's first step; {@code slot} made by the observer after it */
    public record Stream(String publication, String slot) {

        public Stream {
            Texts.required(publication, "stream.publication");
            Texts.required(slot, "stream.slot");
        }
    }

    /**
     * @param key       columns of the primary key or replica identity index; empty where there is none
     * @param published false where a publication would make the application's UPDATE and DELETE fail (no usable replica
     *                  identity): such a relation is polled
     */
    public record WatchedRelation(RelationName relation, List<String> key, boolean published) {

        public WatchedRelation {
            Texts.required(relation, "watched.relation");
            key = Texts.list(key, "watched.key");
        }
    }

    /**
     * Two shapes of one row.
     *
     * @param id      stable within the plan: the subject of its evidence
     * @param key     columns that name a row to people and to the chunked compare; empty where the relation has no key
     * @param differs boolean SQL over the row: true where the shapes disagree. Exact in any snapshot
     * @param trigger the synchronising trigger that must be there, enabled, while the pair is judged
     * @param gates   the gates at which the pair is judged: names of columns change with a swap
     */
    public record ParityPair(String id, RelationName relation, List<String> key, String differs, String trigger,
            List<Gate> gates) {

        public ParityPair {
            Texts.required(id, "pair.id");
            Texts.required(relation, "pair.relation");
            Texts.required(differs, "pair.differs");
            Texts.required(trigger, "pair.trigger");
            key = Texts.list(key, "pair.key");
            gates = Texts.listNotEmpty(gates, "pair.gates");
        }
    }

    /** @param columns that go; empty where the relation itself goes */
    public record Retired(RelationName relation, List<String> columns) {

        public Retired {
            Texts.required(relation, "retired.relation");
            columns = Texts.list(columns, "retired.columns");
        }
    }

    /** @param argumentTypes input types in order as {@code format_type} prints them: with the name the identity */
    public record RetiredRoutine(RelationName routine, List<String> argumentTypes) {

        public RetiredRoutine {
            Texts.required(routine, "retired.routine");
            argumentTypes = Texts.list(argumentTypes, "retired.argumentTypes");
        }

        /** {@code app.close_case(bigint)}. */
        public String identity() {
            return routine + "(" + String.join(", ", argumentTypes) + ")";
        }
    }

    /** Nothing is taken away. */
    public Watch(Optional<Stream> stream, List<WatchedRelation> relations, List<ParityPair> pairs,
            List<Invariant> invariants, Application application, EvidenceProfile profile) {
        this(stream, relations, pairs, invariants, application, profile, List.of());
    }

    /** Invariants are all that is expected. */
    public Watch(Optional<Stream> stream, List<WatchedRelation> relations, List<ParityPair> pairs,
            List<Invariant> invariants, Application application, EvidenceProfile profile, List<Retired> retired) {
        this(stream, relations, pairs, invariants, application, profile, retired, List.of(), List.of());
    }

    /** No routine is taken away. */
    public Watch(Optional<Stream> stream, List<WatchedRelation> relations, List<ParityPair> pairs,
            List<Invariant> invariants, Application application, EvidenceProfile profile, List<Retired> retired,
            List<RowRule> rowRules, List<Gauge> gauges) {
        this(stream, relations, pairs, invariants, application, profile, retired, rowRules, gauges, List.of(),
                List.of(), List.of());
    }

    public Watch {
        stream = Texts.optional(stream);
        relations = Texts.list(relations, "watch.relations");
        pairs = Texts.list(pairs, "watch.pairs");
        invariants = Texts.list(invariants, "watch.invariants");
        Texts.required(application, "watch.application");
        Texts.required(profile, "watch.profile");
        retired = Texts.listOrEmpty(retired, "watch.retired");
        rowRules = Texts.listOrEmpty(rowRules, "watch.rowRules");
        gauges = Texts.listOrEmpty(gauges, "watch.gauges");
        retiredRoutines = Texts.listOrEmpty(retiredRoutines, "watch.retiredRoutines");
        copies = Texts.listOrEmpty(copies, "watch.copies");
        probes = Texts.listOrEmpty(probes, "watch.probes");
    }

    /** All that must stay true, in whatever form. */
    public List<Expectation> expectations() {
        List<Expectation> all = new ArrayList<>(invariants);
        all.addAll(rowRules);
        all.addAll(gauges);
        all.addAll(copies);
        all.addAll(probes);
        return List.copyOf(all);
    }
}
