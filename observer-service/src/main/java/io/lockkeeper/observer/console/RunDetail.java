package io.lockkeeper.observer.console;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.Verdict;

/**
 * All that a page shows of one run. The ledger's own texts are passed on as they are: whoever renders them escapes them.
 *
 * @param observation how the run is followed; absent before the observer has seen it
 */
public record RunDetail(RunSummary summary, String profile, List<StepView> steps, List<GateView> gates,
        List<VerdictView> verdicts, List<AlertView> alerts, Optional<ObservationView> observation) {

    /** @param progress of a backfill, once it has begun */
    public record StepView(String id, String title, String phase, Optional<String> gate, String kind, String state,
            int attempts, Optional<Long> rows, Optional<Map<String, Object>> failure, Optional<Instant> startedAt,
            Optional<Instant> finishedAt, List<AttemptView> attemptList, Optional<Progress> progress) {}

    /** @param outcome absent while it runs */
    public record AttemptView(int number, Optional<String> outcome, Optional<String> sqlstate,
            Optional<String> message, Optional<Long> waitedMs, List<Map<String, Object>> blockers,
            List<Map<String, Object>> victims, Instant startedAt, Optional<Instant> finishedAt) {}

    /** @param doneBlocks of {@code totalBlocks}, in this pass; {@code rowsPerSecond} since the step began */
    public record Progress(int pass, long doneBlocks, long totalBlocks, long rows, double rowsPerSecond) {}

    public record GateView(String gate, int attempt, String state, Instant openedAt, Optional<Instant> passedAt) {}

    /**
     * @param taken     absent until the executor has it
     * @param concluded the decision in the words of those who sign, with the names of those who signed exceptions
     */
    public record VerdictView(String id, String gate, int attempt, Verdict.Decision decision, Instant at,
            Instant validUntil, String marker, String observed, String evidenceHash, List<Evidence> evidence,
            Optional<Boolean> taken, Optional<String> note, String concluded) {}

    public record AlertView(String id, String name, String severity, String summary, boolean firing, Instant raisedAt,
            Optional<Instant> resolvedAt, String runbook) {}

    public record ObservationView(String mode, Optional<String> slot, Optional<String> lost, Optional<String> observed,
            Map<String, Long> changes, Optional<Instant> soakSince) {}
}
