package io.lockkeeper.executor.pace;

import java.time.Duration;
import java.time.Instant;

/** Time and chance, injected: a step sleeps, measures and spreads its retries by this alone. */
public interface Pace {

    Instant now();

    /** Returns early, with the interrupt flag set, when the worker is stopped. */
    void pause(Duration duration);

    /** Uniform in [0, 1). */
    double random();
}
