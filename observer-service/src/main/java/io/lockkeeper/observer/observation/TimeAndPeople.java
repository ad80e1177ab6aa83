package io.lockkeeper.observer.observation;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Severity;
import io.lockkeeper.observer.gate.Finding;
import io.lockkeeper.observer.gate.Words;
import io.lockkeeper.observer.ledger.LedgerGate;
import io.lockkeeper.observer.ledger.LedgerRun;

/** Evidence that only time and people bring. */
final class TimeAndPeople {

    /** An approval of what was seen yesterday says nothing about today. */
    private static final Duration APPROVAL_LAPSES = Duration.ofHours(24);

    private TimeAndPeople() {}

    /** The window runs from what was taken away last: the quarantine, or a swap where there is no quarantine. */
    static Finding revertWindow(LedgerRun run, LedgerGate gate, Instant now) {
        Duration window = run.plan().watch().profile().revertWindow();
        Finding.Claim claim = new Finding.Claim(EvidenceKind.REVERT_WINDOW, gate.gate().wireName(),
                "a revert was possible without loss for long enough", Severity.P1, Words.of(window), "ledger");
        Instant since = run.finished(List.of(Gate.CONTRACT)).or(() -> run.finished(List.of(Gate.SWAP)))
                .orElse(gate.openedAt());
        Instant until = since.plus(window);
        return until.isAfter(now)
                ? claim.waiting("open since " + Words.of(since) + ", until " + Words.of(until))
                : claim.passed("open from " + Words.of(since) + " until " + Words.of(until), Optional.empty());
    }

    /**
     * One person may approve ahead, whatever evidence follows. Where two must, each has seen the evidence: it is named by
     * hash, and was not against it.
     */
    static Finding approval(LedgerRun run, LedgerGate gate, ObservationStore store, Instant now) {
        int required = run.plan().watch().profile().approvals();
        Finding.Claim claim = new Finding.Claim(EvidenceKind.APPROVAL, gate.gate().wireName(), "named persons agreed",
                Severity.P1, Words.count(required, "person") + (required < 2 ? "" : ", each naming the evidence seen"),
                "ledger");
        List<String> approvers = run.approvals().stream()
                .filter(approval -> approval.gate() == gate.gate() && approval.planHash().equals(gate.planHash()))
                .filter(approval -> approval.receivedAt().plus(APPROVAL_LAPSES).isAfter(now))
                // Who agreed before the quarantine was lifted agreed to another moment.
                .filter(approval -> run.lifted(gate).filter(approval.receivedAt()::isBefore).isEmpty())
                .filter(approval -> approval.evidenceHash()
                        .map(hash -> store.gave(run.id(), gate.gate(), gate.attempt(), hash)).orElse(required < 2))
                .map(approval -> approval.approver().strip().toLowerCase(Locale.ROOT)).distinct().sorted().toList();
        String measure = approvers.isEmpty() ? "nobody approved" : "approved by " + String.join(", ", approvers);
        return approvers.size() >= required ? claim.passed(measure, Optional.empty()) : claim.waiting(measure);
    }

    static Finding watch(LedgerGate gate, Duration watch, Optional<Instant> lastViolation, Instant now) {
        Finding.Claim claim = new Finding.Claim(EvidenceKind.HEALTH, "watch",
                "nothing was violated for the whole watch after the contract", Severity.P1, Words.of(watch),
                "verdicts on this gate");
        Instant since = lastViolation.orElse(gate.openedAt());
        Instant until = since.plus(watch);
        return until.isAfter(now)
                ? claim.waiting("clean since " + Words.of(since) + ", until " + Words.of(until))
                : claim.passed("clean since " + Words.of(since), Optional.empty());
    }
}
