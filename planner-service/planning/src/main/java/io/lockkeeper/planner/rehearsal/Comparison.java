package io.lockkeeper.planner.rehearsal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.rehearsal.ScratchDatabase.Trace;

/** What was said of a statement against what the server did. */
final class Comparison {

    private Comparison() {}

    /**
     * A step takes its claimed locks before it acts, so a claim above what the server needs is still true; a lock above the
     * claim is not. No step may replace the file of a table in use. Locks up to ROW SHARE are in nobody's way.
     */
    static List<String> ofStep(Step step, Trace trace) {
        List<String> differences = new ArrayList<>(ofLocks(step.locks(), trace));
        trace.rewrites().stream().filter(relation -> !fills(step, relation))
                .forEach(relation -> differences.add("rewrites " + relation + ", which no step may"));
        return differences;
    }

    static List<String> ofLocks(List<Step.LockClaim> said, Trace trace) {
        Map<RelationName, LockMode> claims = strongest(said);
        List<String> differences = new ArrayList<>();
        for (Step.LockClaim taken : trace.locks()) {
            LockMode claimed = claims.getOrDefault(taken.relation(), LockMode.ROW_SHARE);
            if (taken.mode().compareTo(claimed) > 0) {
                differences.add("takes " + taken.mode().sql() + " on " + taken.relation() + ", where the plan says "
                        + (claims.containsKey(taken.relation()) ? claimed.sql() : "nothing"));
            }
        }
        return differences;
    }

    /** A view that nobody can read yet is filled at once; CONCURRENTLY, one that is read is not. */
    private static boolean fills(Step step, RelationName relation) {
        return step.action() instanceof Action.RefreshView refresh && refresh.view().equals(relation);
    }

    static Map<RelationName, LockMode> strongest(List<Step.LockClaim> claims) {
        Map<RelationName, LockMode> strongest = new TreeMap<>();
        claims.forEach(claim -> strongest.merge(claim.relation(), claim.mode(),
                (one, other) -> one.compareTo(other) >= 0 ? one : other));
        return strongest;
    }

    /** Lines that only one of two catalogs has: {@code -} the expected one, {@code +} the actual one. */
    static List<String> ofCatalogs(List<String> expected, List<String> actual) {
        Set<String> there = Set.copyOf(actual);
        Set<String> wanted = Set.copyOf(expected);
        List<String> differences = new ArrayList<>();
        expected.stream().filter(line -> !there.contains(line)).forEach(line -> differences.add("- " + line));
        actual.stream().filter(line -> !wanted.contains(line)).forEach(line -> differences.add("+ " + line));
        return differences;
    }
}
