package io.lockkeeper.observer.observation;

import java.util.concurrent.CompletionStage;

import io.lockkeeper.messages.Envelope;

/** Port: says an event to everyone; done when it is kept durably, failed when it is not. Never blocks for long. */
public interface Announcer {

    CompletionStage<Void> announce(Envelope event);
}
