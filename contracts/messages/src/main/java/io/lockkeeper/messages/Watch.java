package io.lockkeeper.messages;

import java.util.List;
import java.util.Optional;

/**
 * What the observer must know of a plan; it never parses step SQL.
 *
 * @param stream    absent where the release is proven without change data capture
 * @param relations every relation that the plan touches
 * @param pairs     shapes that must agree
 */
public record Watch(Optional<Stream> stream, List<WatchedRelation> relations, List<ParityPair> pairs,
        List<Invariant> invariants, Application application, EvidenceProfile profile) {

    /** @param publication made by the executor's first step; {@code slot} made by the observer after it */
    public record Stream(String publication, String slot) {}

    /**
     * @param key       columns of the primary key or replica identity index; empty where there is none
     * @param published false where a publication would make the application's UPDATE and DELETE fail (no usable replica
     *                  identity): such a relation is polled
     */
    public record WatchedRelation(RelationName relation, List<String> key, boolean published) {

        public WatchedRelation {
            key = List.copyOf(key);
        }
    }

    /**
     * Two shapes of one row.
     *
     * @param differs boolean SQL over the row: true where the shapes disagree. Exact in any snapshot
     * @param trigger the synchronising trigger that must be there, enabled, while the pair is judged
     * @param gates   the gates at which the pair is judged: names of columns change with a swap
     */
    public record ParityPair(String id, RelationName relation, List<String> key, String differs, String trigger,
            List<Gate> gates) {

        public ParityPair {
            key = List.copyOf(key);
            gates = List.copyOf(gates);
        }
    }

    public Watch {
        stream = stream == null ? Optional.empty() : stream;
        relations = List.copyOf(relations);
        pairs = List.copyOf(pairs);
        invariants = List.copyOf(invariants);
    }
}
