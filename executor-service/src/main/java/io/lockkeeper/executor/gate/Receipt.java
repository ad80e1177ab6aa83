package io.lockkeeper.executor.gate;

import java.time.Instant;

import io.lockkeeper.executor.run.GateView;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.Verdict;

/** What becomes of a verdict. {@code note} is kept with it in the ledger. */
public sealed interface Receipt {

    String note();

    /** It is a GO for the open gate: the gate passes. */
    record Opens(GateView gate, String note) implements Receipt {}

    /** It is a NO_GO for a gate that had passed: the run stops before its next step. */
    record Vetoes(GateView gate, String note) implements Receipt {}

    /** It is a NO_GO because the application was rolled back while its old shape is in quarantine: that is lifted. */
    record Lifts(GateView gate, String note) implements Receipt {}

    /** It changes nothing. */
    record Noted(String note) implements Receipt {}

    /**
     * Holds a verdict against the ledger. Every field must match; a verdict that came late, for another plan, another
     * attempt or another place in the WAL opens nothing, whatever it says.
     *
     * @param now the executor's clock
     */
    static Receipt of(Verdict verdict, RunView run, Instant now) {
        if (!verdict.target().equals(run.target()) || !verdict.run().equals(run.id())
                || !verdict.release().equals(run.release())) {
            return new Noted("for another run: " + verdict.run() + " of " + verdict.release());
        }
        if (run.state().terminal()) {
            return new Noted("the run has ended: " + run.state());
        }
        var latest = run.latest(verdict.gate());
        if (latest.isEmpty()) {
            return new Noted("gate " + verdict.gate().wireName() + " has not been opened");
        }
        GateView gate = latest.get();
        if (verdict.gateAttempt() != gate.attempt()) {
            return new Noted("for attempt " + verdict.gateAttempt() + " at the gate, it is at " + gate.attempt());
        }
        if (!verdict.planHash().equals(gate.planHash())) {
            return new Noted("for another plan: " + verdict.planHash());
        }
        if (!verdict.marker().equals(gate.marker())) {
            return new Noted("for marker " + verdict.marker() + ", the gate's is " + gate.marker());
        }
        return switch (gate.state()) {
            case CLOSED -> new Noted("the gate is closed");
            case PASSED -> onPassed(verdict, gate);
            case OPEN -> onOpen(verdict, run, gate, now);
        };
    }

    private static Receipt onPassed(Verdict verdict, GateView gate) {
        return verdict.decision() == Verdict.Decision.NO_GO
                ? new Vetoes(gate, "NO_GO after the gate had passed: stops the run before its next step if it is later")
                : new Noted("the gate has passed already");
    }

    private static Receipt onOpen(Verdict verdict, RunView run, GateView gate, Instant now) {
        if (verdict.decision() == Verdict.Decision.NO_GO && gate.gate() == Gate.FINALIZE && rolledBack(verdict)
                && now.isBefore(verdict.validUntil())) {
            return run.liftable()
                    ? new Lifts(gate, "the application was rolled back: the quarantine is lifted, and gate contract is"
                            + " judged anew")
                    : new Noted("the application was rolled back, but the quarantine is not lifted by itself in "
                            + run.state() + ": abort takes the run back");
        }
        if (verdict.decision() != Verdict.Decision.GO) {
            return new Noted(verdict.decision() + " keeps the gate closed");
        }
        if (!verdict.observed().atLeast(gate.marker())) {
            return new Noted("observed only up to " + verdict.observed() + ", before the marker " + gate.marker());
        }
        if (!now.isBefore(verdict.validUntil())) {
            return new Noted("expired at " + verdict.validUntil());
        }
        if (!PlanHash.of(verdict.evidence()).equals(verdict.evidenceHash())) {
            return new Noted("its evidence does not have the evidence hash that it states");
        }
        // Verdicts can arrive in another order than they were given: the last word counts.
        return run.verdicts().stream()
                .filter(known -> known.decision() != Verdict.Decision.GO && known.gate() == gate.gate()
                        && known.gateAttempt() == gate.attempt() && known.at().isAfter(verdict.at()))
                .findFirst().<Receipt>map(known -> new Noted("a later " + known.decision() + " is known"))
                .orElseGet(() -> new Opens(gate, "opened the gate"));
    }

    private static boolean rolledBack(Verdict verdict) {
        return verdict.evidence().stream().anyMatch(
                item -> item.kind() == EvidenceKind.ROLLOUT && item.status() == Evidence.Status.FAILED);
    }
}
