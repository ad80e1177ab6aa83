package io.lockkeeper.observer.caller;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import io.lockkeeper.observer.caller.CallerSource.Called;
import io.lockkeeper.observer.caller.CallerSource.Counted;
import io.lockkeeper.observer.caller.CallerSource.Statements;
import io.lockkeeper.observer.caller.CallerSource.Uncounted;
import io.lockkeeper.observer.gate.Words;

/** Looks at the statements of all nodes; each text is parsed once. Used by one thread. */
public final class CallerWatch {

    private final OldShape shape;
    /** By node and id: does the statement name the old shape? */
    private final Map<String, Boolean> known = new HashMap<>();
    private final Map<String, String> routineVersions = new HashMap<>();
    private final Set<String> namingRoutines = new HashSet<>();
    private Optional<CallerSoak> soak;
    private List<Uncounted> blind = List.of();

    /** @param soak what an observer before this one had seen */
    public CallerWatch(OldShape shape, Optional<CallerSoak> soak) {
        this.shape = shape;
        this.soak = soak;
    }

    public OldShape shape() {
        return shape;
    }

    public Optional<CallerSoak> soak() {
        return soak;
    }

    /** Nodes whose statements are not counted, or cannot be read. */
    List<Uncounted> blind() {
        return blind;
    }

    /** @return whether there is anything new to remember */
    public boolean look(CallerSource source, Instant now) {
        if (shape.isEmpty()) {
            return false;
        }
        Optional<CallerSoak> before = soak;
        List<Uncounted> unseen = new ArrayList<>();
        Map<String, CallerSoak.Node> nodes = new HashMap<>();
        List<String> reasons = new ArrayList<>();
        boolean called = false;
        for (Statements statements : counters(source)) {
            if (statements instanceof Uncounted uncounted) {
                unseen.add(uncounted);
                continue;
            }
            CallerSoak.Node node = statements instanceof Counted counted
                    ? new CallerSoak.Node(counted.epoch(), naming(source, counted))
                    : new CallerSoak.Node(((Called) statements).epoch(), ((Called) statements).calls());
            nodes.put(statements.node(), node);
            Optional<CallerSoak.Node> last = before.map(it -> it.nodes().get(statements.node()));
            long calls = last.map(it -> fresh(it.calls(), node.calls())).orElse(0L);
            if (calls > 0) {
                called = true;
                List<String> who = who(last.get().calls(), node.calls());
                List<String> applications = statements instanceof Counted counted
                        ? source.applications(counted.node(), who)
                        : List.of();
                reasons.add(Words.count(calls, "call") + " on " + statements.node()
                        + (statements instanceof Called ? " of " : " by query id and role ") + String.join(", ", who)
                        + (applications.isEmpty() ? "" : ", run by " + String.join(", ", applications)));
            } else if (last.isEmpty()) {
                reasons.add((statements instanceof Called ? "calls of routines on " : "statements of ")
                        + statements.node() + " are counted from then on");
            } else if (forgotten(last.get(), node)) {
                reasons.add("statistics of " + statements.node() + " were reset or evicted");
            }
        }
        blind = List.copyOf(unseen);
        // A node that cannot be read at the moment keeps what was known of it.
        before.ifPresent(it -> it.nodes().forEach(nodes::putIfAbsent));
        if (before.isEmpty() || !reasons.isEmpty()) {
            Optional<Instant> lastCall = called ? Optional.of(now) : before.flatMap(CallerSoak::lastCall);
            soak = Optional.of(new CallerSoak(now, String.join("; ", reasons), lastCall, nodes));
        }
        return !soak.equals(before);
    }

    private List<Statements> counters(CallerSource source) {
        List<Statements> all = new ArrayList<>(source.statements());
        if (!shape.routines().isEmpty()) {
            all.addAll(source.calls(shape.routines()));
        }
        return all;
    }

    /** Routines whose body names the old shape; each version of a body is parsed once. */
    List<Routine> naming(List<Routine> routines) {
        for (Routine routine : routines) {
            if (!routine.version().equals(routineVersions.put(routine.identity(), routine.version()))) {
                if (shape.namedByRoutine(routine)) {
                    namingRoutines.add(routine.identity());
                } else {
                    namingRoutines.remove(routine.identity());
                }
            }
        }
        return routines.stream().filter(routine -> namingRoutines.contains(routine.identity())).toList();
    }

    private Map<String, Long> naming(CallerSource source, Counted counted) {
        List<String> fresh = counted.calls().keySet().stream()
                .filter(id -> !known.containsKey(counted.node() + " " + id)).toList();
        if (!fresh.isEmpty()) {
            Map<String, String> texts = source.texts(counted.node(), fresh);
            fresh.forEach(id -> known.put(counted.node() + " " + id,
                    texts.containsKey(id) && shape.namedByStatement(texts.get(id))));
        }
        Map<String, Long> naming = new HashMap<>(counted.calls());
        naming.keySet().removeIf(id -> !known.get(counted.node() + " " + id));
        return naming;
    }

    private static long fresh(Map<String, Long> before, Map<String, Long> now) {
        return now.entrySet().stream()
                .mapToLong(call -> Math.max(0, call.getValue() - before.getOrDefault(call.getKey(), 0L))).sum();
    }

    private static List<String> who(Map<String, Long> before, Map<String, Long> now) {
        return now.entrySet().stream().filter(call -> call.getValue() > before.getOrDefault(call.getKey(), 0L))
                .map(Map.Entry::getKey).sorted().limit(5).toList();
    }

    /** Also one entry alone can be reset. */
    private static boolean forgotten(CallerSoak.Node before, CallerSoak.Node now) {
        return !before.epoch().equals(now.epoch()) || before.calls().entrySet().stream()
                .anyMatch(call -> now.calls().getOrDefault(call.getKey(), -1L) < call.getValue());
    }
}
