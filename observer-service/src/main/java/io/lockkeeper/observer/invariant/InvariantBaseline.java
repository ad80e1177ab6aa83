package io.lockkeeper.observer.invariant;

import java.util.Set;

/**
 * What violated an invariant before the first step.
 *
 * @param more there were more rows than were kept: then nothing seen later can be called new by its digest
 */
public record InvariantBaseline(Set<String> digests, boolean more) {

    public InvariantBaseline {
        digests = Set.copyOf(digests);
    }
}
