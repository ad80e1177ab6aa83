package io.lockkeeper.planner.analysis;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;

/**
 * What a statement does as written.
 *
 * @param kind          for people: {@code ALTER TABLE ADD COLUMN}
 * @param locks         the strongest on every relation that existed before, indexes and sequences too; held to the end of
 *                      the transaction
 * @param rewrites      relations whose storage is built anew; the indexes of a rewritten table are not listed
 * @param scans         relations that are read whole, because every row must be looked at, and not written again
 * @param transactional false where it cannot run in a transaction
 */
public record Analysis(String kind, List<Step.LockClaim> locks, List<RelationName> rewrites, List<RelationName> scans,
        boolean transactional, DeploymentClass deployment, Set<Hazard> hazards, List<Finding> findings) {

    public Analysis {
        locks = List.copyOf(locks);
        rewrites = List.copyOf(rewrites);
        scans = List.copyOf(scans);
        EnumSet<Hazard> sorted = EnumSet.noneOf(Hazard.class);
        sorted.addAll(hazards);
        hazards = Collections.unmodifiableSet(sorted);
        findings = List.copyOf(findings);
    }

    /** May it run as written on a busy database, its locks asked for under a timeout? */
    public boolean safe() {
        return hazards.stream().noneMatch(Hazard::unsafe);
    }
}
