package io.lockkeeper.observer.gate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Verdict.Decision;

/**
 * Decides from evidence alone. A violation is NO_GO; anything missing, unknown or not yet passed often enough is
 * INCONCLUSIVE; GO is what remains, so that whatever is forgotten here keeps a gate closed.
 */
public final class GateJudge {

    private static final Comparator<Finding> ORDER = Comparator
            .comparing((Finding finding) -> finding.evidence().kind())
            .thenComparing(finding -> finding.evidence().subject())
            .thenComparing(finding -> finding.evidence().claim());

    private GateJudge() {}

    /** What the gate asks; observation always, because a verdict speaks for a WAL position. */
    public static Set<EvidenceKind> required(Gate gate, EvidenceProfile profile) {
        Set<EvidenceKind> required = EnumSet.of(EvidenceKind.OBSERVATION);
        required.addAll(profile.requiredBy(gate));
        return required;
    }

    /** @param earlierPasses consecutive judgements of this gate attempt that had no open item */
    public static Judgement judge(Gate gate, EvidenceProfile profile, List<Finding> measured, int earlierPasses) {
        Set<EvidenceKind> required = required(gate, profile);
        List<Finding> findings = new ArrayList<>(measured);
        for (EvidenceKind kind : required) {
            if (measured.stream().noneMatch(finding -> speaksFor(finding, kind))) {
                findings.add(new Finding.Claim(kind, gate.wireName(), "the gate's evidence is there", Severity.P1,
                        "at least one item that counts", "profile " + profile.name()).unknown("nothing was measured"));
            }
        }
        findings.sort(ORDER);

        if (findings.stream().anyMatch(Finding::violation)) {
            return new Judgement(Decision.NO_GO, findings, 0);
        }
        if (findings.stream().anyMatch(finding -> finding.decisive() && !finding.passed())) {
            return new Judgement(Decision.INCONCLUSIVE, findings, 0);
        }
        int passes = earlierPasses + 1;
        // That observation has begun is a fact, not a trend: a release does not wait to see it again.
        int enough = gate == Gate.ARMED ? 1 : profile.passes();
        return new Judgement(passes >= enough ? Decision.GO : Decision.INCONCLUSIVE, findings, passes);
    }

    /** An item that would only be reported, and could not even be measured, proves nothing. */
    private static boolean speaksFor(Finding finding, EvidenceKind kind) {
        Evidence evidence = finding.evidence();
        return evidence.kind() == kind && (finding.decisive() || evidence.status() != Evidence.Status.UNKNOWN);
    }
}
