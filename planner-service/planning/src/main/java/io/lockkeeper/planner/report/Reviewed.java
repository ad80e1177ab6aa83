package io.lockkeeper.planner.report;

import java.util.List;
import java.util.function.Predicate;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.analysis.Finding;
import io.lockkeeper.planner.rewrite.Draft;

/**
 * A statement, what it does as written, and what runs in its place.
 *
 * @param line      of its first word, from 1
 * @param statement counts from 1 within the file
 * @param text      its beginning
 * @param locks     that it takes as written, as {@code rewrites} and {@code scans} are of it as written
 * @param findings  what to know of it; of a refused one the reason comes first
 * @param steps     what runs; none where it is refused, or where nothing has to be done
 */
public record Reviewed(String file, int line, int statement, String text, String kind, List<Step.LockClaim> locks,
        List<RelationName> rewrites, List<RelationName> scans, Verdict verdict, List<Finding> findings,
        List<Draft> steps) {

    public Reviewed {
        locks = List.copyOf(locks);
        rewrites = List.copyOf(rewrites);
        scans = List.copyOf(scans);
        findings = List.copyOf(findings);
        steps = List.copyOf(steps);
    }

    /** The same with only those findings that are asked for. */
    public Reviewed withFindings(Predicate<Finding> wanted) {
        return new Reviewed(file, line, statement, text, kind, locks, rewrites, scans, verdict,
                findings.stream().filter(wanted).toList(), steps);
    }
}
