package io.lockkeeper.observer.health;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Mean time of each statement and routine in each interval between two looks, bounded. One thread adds, another asks. */
public final class StatementTimes {

    private static final int KEPT = 1_200;

    /** @param milliseconds of all calls together; both grow until the server forgets them */
    public record Executed(long calls, double milliseconds) {}

    private record Interval(Instant end, Map<String, Double> means) {}

    private final Deque<Interval> intervals = new ArrayDeque<>();
    private Optional<Map<String, Executed>> last = Optional.empty();

    /** @param executed by name: {@code query id 7}, {@code routine app.total(integer)} */
    public synchronized void add(Instant at, Map<String, Executed> executed) {
        Optional<Map<String, Executed>> before = last;
        last = Optional.of(Map.copyOf(executed));
        if (before.isEmpty()) {
            return; // the first interval begins here
        }
        Map<String, Double> means = new HashMap<>();
        executed.forEach((id, now) -> {
            Executed then = before.get().get(id);
            // Fewer calls than before: the server has forgotten them, and the next interval begins here.
            if (then != null && now.calls() > then.calls() && now.milliseconds() >= then.milliseconds()) {
                means.put(id, (now.milliseconds() - then.milliseconds()) / (now.calls() - then.calls()));
            }
        });
        intervals.addLast(new Interval(at, means));
        if (intervals.size() > KEPT) {
            intervals.removeFirst();
        }
    }

    /** By name, the means of the intervals that ended after this moment. */
    public synchronized Map<String, List<Double>> since(Instant begin) {
        Map<String, List<Double>> means = new HashMap<>();
        for (Interval interval : intervals) {
            if (interval.end().isAfter(begin)) {
                interval.means().forEach((id, mean) -> means.computeIfAbsent(id, ignored -> new ArrayList<>())
                        .add(mean));
            }
        }
        return means;
    }

    /** Intervals that ended after this moment, whatever ran in them. */
    public synchronized long intervalsSince(Instant begin) {
        return intervals.stream().filter(interval -> interval.end().isAfter(begin)).count();
    }
}
