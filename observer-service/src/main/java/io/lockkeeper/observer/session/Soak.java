package io.lockkeeper.observer.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Since when nobody of the old version was seen. Any caller restarts it, and so does a time in which nobody looked.
 *
 * @param since    begin of the unbroken time without a caller
 * @param lastLook the last sample; empty before the first
 * @param callers  sessions in that sample, {@code byName} by application name
 * @param lastSeen when a caller was last there
 */
public record Soak(Instant since, Optional<Instant> lastLook, int callers, Map<String, Integer> byName,
        Optional<Instant> lastSeen) {

    public Soak {
        byName = byName == null ? Map.of() : Map.copyOf(byName); // An earlier observer did not keep them.
    }

    public static Soak begin(Instant now) {
        return new Soak(now, Optional.empty(), 0, Map.of(), Optional.empty());
    }

    /** @param gap longest time between two samples in which a caller could hardly come and go unseen */
    public Soak look(SessionCount.Sessions sessions, Instant now, Duration gap) {
        if (sessions.count() > 0) {
            return new Soak(now, Optional.of(now), sessions.count(), sessions.byName(), Optional.of(now));
        }
        boolean blind = lastLook.filter(last -> Duration.between(last, now).compareTo(gap) <= 0).isEmpty();
        return new Soak(blind ? now : since, Optional.of(now), 0, Map.of(), lastSeen);
    }
}
