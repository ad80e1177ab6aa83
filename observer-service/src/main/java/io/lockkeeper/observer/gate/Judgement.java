package io.lockkeeper.observer.gate;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.Verdict;

/**
 * What was decided about a gate at one moment.
 *
 * @param passes consecutive judgements without an open item, this one included
 */
public record Judgement(Verdict.Decision decision, List<Finding> findings, int passes) {

    public Judgement {
        findings = List.copyOf(findings);
    }

    public List<Evidence> evidence() {
        return findings.stream().map(Finding::evidence).toList();
    }

    public String evidenceHash() {
        return PlanHash.of(evidence());
    }

    /** Tells one reason for a closed gate from another, whatever was measured: an equal one is not said again. */
    public Set<String> openItems() {
        Set<String> items = new TreeSet<>();
        for (Finding finding : findings) {
            if (!finding.passed()) {
                Evidence evidence = finding.evidence();
                items.add(evidence.kind() + " " + evidence.subject() + " " + evidence.status());
            }
        }
        return items;
    }

    /** Something cannot be measured and will not come by waiting. */
    public boolean stuck() {
        return decision == Verdict.Decision.INCONCLUSIVE && findings.stream().anyMatch(
                finding -> finding.decisive() && !finding.passed() && !finding.waiting());
    }
}
