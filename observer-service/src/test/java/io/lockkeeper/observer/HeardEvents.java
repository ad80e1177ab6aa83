package io.lockkeeper.observer;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

import io.lockkeeper.messages.AlertEvent;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.observer.observation.Announcer;

/** Hears what the observer says. */
final class HeardEvents implements Announcer {

    private final List<Envelope> events = new CopyOnWriteArrayList<>();

    @Override
    public CompletionStage<Void> announce(Envelope event) {
        events.add(event);
        return CompletableFuture.completedFuture(null);
    }

    List<Envelope> all() {
        return List.copyOf(events);
    }

    List<Verdict> verdicts(Gate gate, int attempt) {
        return events.stream().map(Envelope::message).filter(Verdict.class::isInstance).map(Verdict.class::cast)
                .filter(verdict -> verdict.gate() == gate && verdict.gateAttempt() == attempt).toList();
    }

    Optional<Verdict> last(Gate gate, int attempt) {
        List<Verdict> verdicts = verdicts(gate, attempt);
        return verdicts.isEmpty() ? Optional.empty() : Optional.of(verdicts.get(verdicts.size() - 1));
    }

    List<AlertEvent> alerts() {
        return events.stream().map(Envelope::message).filter(AlertEvent.class::isInstance).map(AlertEvent.class::cast)
                .toList();
    }
}
