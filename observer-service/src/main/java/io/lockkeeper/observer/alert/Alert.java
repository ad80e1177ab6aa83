package io.lockkeeper.observer.alert;

import java.time.Instant;
import java.util.Optional;

import io.lockkeeper.messages.AlertEvent.AlertRaised;
import io.lockkeeper.messages.AlertEvent.AlertResolved;

/**
 * One alert over its life.
 *
 * @param generation       counts how often it was raised: with it, the events of each time have ids of their own
 * @param raisedAnnounced  the topic has it
 * @param resolvedAnnounced the topic has its resolution
 */
public record Alert(int generation, AlertRaised raised, Optional<AlertResolved> resolved, boolean raisedAnnounced,
        boolean resolvedAnnounced) {

    public String id() {
        return raised.alert();
    }

    public boolean firing() {
        return resolved.isEmpty();
    }

    public Optional<Instant> resolvedAt() {
        return resolved.map(AlertResolved::at);
    }

    public String raisedEvent() {
        return id() + "/" + generation + "/raised";
    }

    public String resolvedEvent() {
        return id() + "/" + generation + "/resolved";
    }

    Alert withRaised(AlertRaised later) {
        return new Alert(generation, later, resolved, raisedAnnounced, resolvedAnnounced);
    }

    Alert withResolved(AlertResolved resolution) {
        return new Alert(generation, raised, Optional.of(resolution), raisedAnnounced, false);
    }

    Alert announced(String event) {
        return new Alert(generation, raised, resolved, raisedAnnounced || event.equals(raisedEvent()),
                resolvedAnnounced || event.equals(resolvedEvent()));
    }
}
