package io.lockkeeper.observer.observation;

import io.lockkeeper.observer.health.HealthSampler;
import io.lockkeeper.observer.session.SessionCount;

/** What the sampling thread of one target works with: a connection of its own, so that a long compare blinds nobody. */
public record SamplePorts(SessionCount sessions, HealthSampler health) {}
