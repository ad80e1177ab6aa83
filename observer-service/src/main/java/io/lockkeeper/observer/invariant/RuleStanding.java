package io.lockkeeper.observer.invariant;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What the change stream has shown of one rule. A row's latest change counts: one that fulfils the rule clears what an
 * earlier one of the same row did.
 *
 * @param evaluated changes
 * @param violating keys of rows; {@code unknown} keys of rows whose change could not be judged, {@code why} for the latest
 * @param more      there are further rows than are kept: what they do next cannot be told
 * @param missed    the stream did not say which rows changed
 */
public record RuleStanding(long evaluated, Set<String> violating, Set<String> unknown, Optional<String> why,
        boolean more, Optional<Missed> missed) {

    static final RuleStanding NOTHING = new RuleStanding(0, Set.of(), Set.of(), Optional.empty(), false,
            Optional.empty());

    /** @param at when it was noticed */
    public record Missed(String what, Instant at) {}

    public RuleStanding {
        violating = Set.copyOf(violating);
        unknown = Set.copyOf(unknown);
    }

    RuleStanding missing(String what, Instant at) {
        return new RuleStanding(evaluated, violating, unknown, why, more, Optional.of(new Missed(what, at)));
    }
}
