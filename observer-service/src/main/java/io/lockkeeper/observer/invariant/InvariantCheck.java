package io.lockkeeper.observer.invariant;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Invariant;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.gate.Finding;

/** The release's invariants, held against what violated them before the run. */
public final class InvariantCheck {

    private static final String SOURCE = "query of the release";

    private InvariantCheck() {}

    /** By name; an invariant that could not be evaluated is absent and stays unproven for the whole run. */
    public static Map<String, InvariantBaseline> baseline(List<Invariant> invariants, InvariantRunner runner) {
        Map<String, InvariantBaseline> baselines = new LinkedHashMap<>();
        for (Invariant invariant : invariants) {
            if (runner.run(invariant) instanceof InvariantRunner.Violations found) {
                baselines.put(invariant.name(), new InvariantBaseline(found.digests(), found.more()));
            }
        }
        return baselines;
    }

    /** The release states nothing that must hold. */
    public static Finding none(Lsn position) {
        return new Finding.Claim(EvidenceKind.INVARIANTS, "none", "the release's invariants hold", Severity.P1,
                "0 rows", SOURCE).passed("the release states none", Optional.of(position));
    }

    public static List<Finding> judge(List<Invariant> invariants, Map<String, InvariantBaseline> baselines,
            InvariantRunner runner, Lsn position) {
        List<Finding> findings = new ArrayList<>();
        for (Invariant invariant : invariants) {
            findings.add(judge(invariant, Optional.ofNullable(baselines.get(invariant.name())), runner.run(invariant),
                    position));
        }
        return findings;
    }

    static Finding judge(Invariant invariant, Optional<InvariantBaseline> baseline, InvariantRunner.Result result,
            Lsn position) {
        Finding.Claim claim = new Finding.Claim(EvidenceKind.INVARIANTS, invariant.name(),
                "no row violates the invariant that did not before the run", invariant.severity(), "0 new rows",
                SOURCE);
        Optional<Lsn> at = Optional.of(position);
        if (result instanceof InvariantRunner.Failed failed) {
            return claim.unproven().unknown(failed.why());
        }
        InvariantRunner.Violations now = (InvariantRunner.Violations) result;
        String rows = count(now.digests().size(), now.more());
        if (now.digests().isEmpty()) {
            return claim.passed("0 rows", at);
        }
        if (baseline.isEmpty()) {
            return claim.failed(rows + "; whether they were there before the run is not known", at);
        }
        InvariantBaseline before = baseline.get();
        long fresh = now.digests().stream().filter(digest -> !before.digests().contains(digest)).count();
        String was = count(before.digests().size(), before.more()) + " before the run";
        if (before.more()) {
            return claim.unproven()
                    .unknown(rows + "; " + was + ", too many to tell new ones from old");
        }
        if (fresh > 0) {
            return claim.failed(rows + ", " + fresh + " of them new; " + was, at);
        }
        return claim.passed(rows + ", none of them new; " + was, at);
    }

    private static String count(int rows, boolean more) {
        return more ? "more than " + rows + " rows" : rows + (rows == 1 ? " row" : " rows");
    }
}
