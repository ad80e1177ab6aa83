package io.lockkeeper.bench;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.vertx.core.Vertx;

import io.lockkeeper.messages.Verdict;
import io.lockkeeper.messages.Verdict.Decision;
import io.lockkeeper.observer.config.Observations;
import io.lockkeeper.observer.observation.ObserverSettings;
import io.lockkeeper.observer.observation.TargetObservation;
import io.lockkeeper.target.TargetRegistry;

/** A running observer, and what it says. */
final class Observed implements AutoCloseable {

    /** As the service has them by default. */
    private static final ObserverSettings SETTINGS = new ObserverSettings(Duration.ofMillis(500),
            Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofSeconds(10), 4L << 30, Duration.ofSeconds(1),
            Duration.ofMinutes(10), Duration.ofSeconds(2));
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private record Said(Decision decision, long nanos) {}

    private final BlockingQueue<Said> said = new LinkedBlockingQueue<>();
    private final TargetObservation observation;

    private Observed(Vertx vertx, Path home) {
        observation = Observations.of(vertx, new TargetRegistry(home.resolve("targets")).find(WatchedRun.TARGET)
                .orElseThrow(), event -> {
                    if (event.message() instanceof Verdict verdict) {
                        said.add(new Said(verdict.decision(), System.nanoTime()));
                    }
                    return CompletableFuture.completedFuture(null);
                }, SETTINGS, Clock.systemUTC());
    }

    /** @param home with the target's file, as {@link WatchedRun} leaves it */
    static Observed start(Vertx vertx, Path home) {
        Observed observed = new Observed(vertx, home);
        observed.observation.start();
        return observed;
    }

    /** What was said until now is not waited for. */
    void forget() {
        said.clear();
    }

    /** @return when it was said, by {@link System#nanoTime} */
    long await(Decision decision) throws InterruptedException {
        while (true) {
            Said next = said.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (next == null) {
                throw new IllegalStateException("the observer did not say " + decision + " within "
                        + PATIENCE.toSeconds() + " s");
            }
            if (next.decision() == decision) {
                return next.nanos();
            }
        }
    }

    @Override
    public void close() {
        observation.close();
    }
}
