package io.lockkeeper.observer.invariant;

import java.util.List;
import java.util.Optional;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Probe;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Words;

/** The addresses that the release names: do they answer as they did before the first step? */
public final class ProbeCheck {

    private ProbeCheck() {}

    /** Names of the probes that do not answer well, whatever the release does. */
    public static List<String> unwell(List<Probe> probes, Prober prober) {
        return probes.stream().filter(probe -> !judge(probe, prober.ask(probe)).passed()).map(Probe::name).toList();
    }

    public static List<Finding> judge(List<Probe> probes, Prober prober) {
        return probes.stream().map(probe -> judge(probe, prober.ask(probe))).toList();
    }

    static Finding judge(Probe probe, Prober.Result result) {
        Finding.Claim claim = new Finding.Claim(EvidenceKind.INVARIANTS, probe.name(), "the application answers well",
                probe.severity(), "status " + probe.status().map(String::valueOf).orElse("2xx") + " within "
                        + Words.of(probe.within()) + (probe.contains().isPresent() ? ", with the words stated" : ""),
                "GET " + probe.url());
        if (result instanceof Prober.Unasked unasked) {
            return claim.unproven().unknown(unasked.why());
        }
        if (result instanceof Prober.Silent silent) {
            return claim.failed(silent.why(), Optional.empty());
        }
        Prober.Answered answer = (Prober.Answered) result;
        String measure = "status " + answer.status() + " after " + answer.millis() + " ms";
        return answer.shortcoming().isEmpty()
                ? claim.passed(measure, Optional.empty())
                : claim.failed(measure + ": " + answer.shortcoming().get(), Optional.empty());
    }
}
