package io.lockkeeper.observer.caller;

import java.util.List;
import java.util.OptionalLong;

import io.lockkeeper.messages.RelationName;

/**
 * A routine of the application.
 *
 * @param identity   {@code public.report(integer)}
 * @param version    changes when it is replaced
 * @param definition CREATE statement; empty where there is none to parse
 * @param triggers   relations whose triggers call it
 * @param calls      counted since the statistics began; empty where {@code track_functions} does not count them
 */
public record Routine(String identity, String version, String language, String body, String definition,
        List<RelationName> triggers, OptionalLong calls) {

    public Routine {
        triggers = List.copyOf(triggers);
    }
}
