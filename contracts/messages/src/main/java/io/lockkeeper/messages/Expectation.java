package io.lockkeeper.messages;

import java.util.Optional;

/**
 * What must stay true while a release runs. Told apart by name, whatever form it has: the name is the subject of its
 * evidence.
 */
public sealed interface Expectation permits Invariant, RowRule, Gauge, Copy, Probe {

    String name();

    Severity severity();

    /** What a violation means for users: becomes the alert's impact. */
    Optional<String> impact();

    /** Whom to ask. */
    Optional<String> owner();

    /** What keeps it true today: a constraint, a service, a job, nobody. */
    Optional<String> enforcedBy();
}
