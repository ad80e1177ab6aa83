package io.lockkeeper.observer.parity;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import io.lockkeeper.messages.Copy;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.messages.Watch.ParityPair;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Keys;
import io.lockkeeper.observer.ledger.LedgerGate;
import io.lockkeeper.observer.ledger.LedgerRun;

/** The proofs of one run's open gate: one for each pair that is judged there, begun anew for each gate attempt. */
public final class ProofBook {

    private final CompareStore store;
    private final Keys keys;
    private final LongSupplier nanos;

    private final Runnable contradicted;
    private final Predicate<Copy> retired;

    private volatile String gateAttempt = "";
    private volatile List<PairProof> proofs = List.of();
    private List<CopyProof> copies = List.of();

    /**
     * @param contradicted called by the change stream's thread when it has found a row that differs
     * @param retired      does a copy name what the contract phase takes away?
     */
    public ProofBook(CompareStore store, Keys keys, LongSupplier nanos, Runnable contradicted,
            Predicate<Copy> retired) {
        this.store = store;
        this.keys = keys;
        this.nanos = nanos;
        this.contradicted = contradicted;
        this.retired = retired;
    }

    /**
     * @param budget    for all pairs and copies together, in one judgement
     * @param streaming whether the change stream names the rows of published relations
     * @param freshFrom only a compare that began at this moment or later counts for relations that no stream follows;
     *                  empty where none counts yet
     */
    public List<Finding> judge(LedgerRun run, LedgerGate gate, RowCompare compare, CopyCompare copyCompare,
            Duration budget, boolean streaming, Optional<Instant> freshFrom, Instant now) {
        open(run, gate);
        if (proofs.isEmpty() && copies.isEmpty()) {
            return List.of(new Finding.Claim(EvidenceKind.PARITY, gate.gate().wireName(),
                    "old and new shape agree in every row", Severity.P1, "0 rows differ", "plan")
                    .passed("no pair of shapes is judged at this gate", Optional.empty()));
        }
        List<Finding> findings = new ArrayList<>();
        Duration share = budget.dividedBy(proofs.size() + copies.size());
        for (PairProof proof : proofs) {
            boolean named = streaming && run.plan().watch().relations().stream()
                    .anyMatch(relation -> relation.relation().equals(proof.pair().relation()) && relation.published()
                            && !relation.key().isEmpty());
            findings.add(proof.advance(compare, share, now,
                    named ? new PairProof.Once() : new PairProof.Again(freshFrom)));
        }
        for (CopyProof copy : copies) {
            findings.add(gate.gate() == Gate.FINALIZE && retired.test(copy.copy())
                    ? copy.claim().withSeverity(Severity.P3).passed("judged at gate contract: what it names is in"
                            + " quarantine, where nobody writes", Optional.empty())
                    : copy.advance(copyCompare, share, now, freshFrom));
        }
        return findings;
    }

    /**
     * Ends the proofs of a gate that is not open any more: behind it, the columns that they compare change their names
     * and go, and a compare that fails would count as the database's own rollbacks.
     */
    public void leave(LedgerRun run, Optional<LedgerGate> open) {
        if (open.map(gate -> attempt(run, gate)).filter(gateAttempt::equals).isEmpty()) {
            proofs = List.of();
            copies = List.of();
            gateAttempt = "";
        }
    }

    /** Proofs that rows of this relation can contradict. */
    public List<PairProof> begun(RelationName relation) {
        return proofs.stream().filter(proof -> proof.pair().relation().equals(relation) && proof.begun()).toList();
    }

    public void lostTrack(String reason) {
        proofs.forEach(proof -> proof.lostTrack(reason));
    }

    private void open(LedgerRun run, LedgerGate gate) {
        String attempt = attempt(run, gate);
        if (attempt.equals(gateAttempt)) {
            return;
        }
        Watch watch = run.plan().watch();
        proofs = watch.pairs().stream().filter((ParityPair pair) -> pair.gates().contains(gate.gate()))
                .map(pair -> new PairProof(attempt + "/" + pair.id(), pair, store, keys, nanos, contradicted)).toList();
        copies = watch.copies().stream()
                .map(copy -> new CopyProof(attempt + "/" + copy.name(), copy, store, keys, nanos,
                        watch.profile().sampleInterval()))
                .toList();
        gateAttempt = attempt;
    }

    private static String attempt(LedgerRun run, LedgerGate gate) {
        return run.id() + "/" + gate.gate().wireName() + "/" + gate.attempt();
    }
}
