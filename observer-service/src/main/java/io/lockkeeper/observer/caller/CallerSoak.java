package io.lockkeeper.observer.caller;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Since when no statement named the old shape. Counters go on counting while nobody looks, so a restart of the observer
 * loses nothing; what the server forgets (a reset, an eviction) begins the soak anew.
 *
 * @param why   what began it
 * @param nodes what was known at the last look, by node
 */
public record CallerSoak(Instant since, String why, Optional<Instant> lastCall, Map<String, Node> nodes) {

    /** @param calls of the statements that name the old shape, by id */
    public record Node(String epoch, Map<String, Long> calls) {

        public Node {
            calls = Map.copyOf(calls);
        }
    }

    public CallerSoak {
        nodes = Map.copyOf(nodes);
    }
}
