package io.lockkeeper.observer.health;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The samples of one run, thinned and bounded. One thread adds, another asks. */
public final class HealthHistory {

    private static final int KEPT = 4_000;

    private final Duration spacing;
    private final Deque<Counters> samples = new ArrayDeque<>();
    private final Map<String, Victim> victims = new LinkedHashMap<>();

    /** @param spacing samples that follow faster replace the last one */
    public HealthHistory(Duration spacing) {
        this.spacing = spacing;
    }

    public synchronized void add(Counters sample) {
        if (samples.size() > 1) {
            Counters last = samples.removeLast();
            if (Duration.between(samples.getLast().at(), last.at()).compareTo(spacing) >= 0) {
                samples.addLast(last);
            }
        }
        samples.addLast(sample);
        if (samples.size() > KEPT) {
            samples.removeFirst();
        }
    }

    /** The longest wait seen of each victim is kept. */
    public synchronized void add(List<Victim> seen) {
        for (Victim victim : seen) {
            victims.merge(victim.pid() + "@" + victim.waitStart(), victim,
                    (known, now) -> now.waited().compareTo(known.waited()) > 0 ? now : known);
        }
        while (victims.size() > KEPT) {
            victims.remove(victims.keySet().iterator().next());
        }
    }

    public synchronized Optional<Counters> last() {
        return Optional.ofNullable(samples.peekLast());
    }

    /** The last sample that is not younger than the window's beginning, or the first there is. */
    public synchronized Optional<Counters> before(Instant begin) {
        Counters found = samples.peekFirst();
        for (Counters sample : samples) {
            if (sample.at().isAfter(begin)) {
                break;
            }
            found = sample;
        }
        return Optional.ofNullable(found);
    }

    public synchronized List<Counters> since(Instant begin) {
        return samples.stream().filter(sample -> !sample.at().isBefore(begin)).toList();
    }

    /** Beginning of the samples that follow each other without a break longer than this, up to the last. */
    public synchronized Optional<Instant> unbrokenSince(Duration gap) {
        Optional<Instant> since = Optional.empty();
        Optional<Instant> last = Optional.empty();
        for (Counters sample : samples) {
            if (last.filter(before -> Duration.between(before, sample.at()).compareTo(gap) <= 0).isEmpty()) {
                since = Optional.of(sample.at());
            }
            last = Optional.of(sample.at());
        }
        return since;
    }

    public synchronized List<Victim> victimsSince(Instant begin) {
        return victims.values().stream().filter(victim -> !victim.waitStart().plus(victim.waited()).isBefore(begin))
                .toList();
    }
}
