package io.lockkeeper.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

import io.lockkeeper.cli.client.RunView;
import io.lockkeeper.cli.client.RunView.GateView;
import io.lockkeeper.cli.client.RunView.StepView;
import io.lockkeeper.cli.client.VerdictView;
import io.lockkeeper.messages.Evidence;
import io.lockkeeper.messages.MessageJson;
import io.lockkeeper.messages.StepState;

/** A run for people. */
public final class RunText {

    private RunText() {}

    /** {@code MIGRATING  7 of 19 steps: backfill orders.amount  (attempt 3)}. */
    public static String headline(RunView run) {
        StringBuilder text = new StringBuilder(run.state().name()).append("  ").append(run.stepsDone()).append(" of ")
                .append(run.steps().size()).append(" steps");
        Optional<GateView> gate = run.openGate();
        Optional<StepView> step = run.currentStep();
        if (gate.isPresent()) {
            text.append(": waits at gate ").append(gate.get().gate().wireName());
        } else if (step.isPresent()) {
            text.append(": ").append(step.get().title());
            if (step.get().state() == StepState.WAITING_FOR_LOCK) {
                text.append("  (waits for a lock, attempt ").append(step.get().attempts()).append(')');
            } else if (step.get().attempts() > 1) {
                text.append("  (attempt ").append(step.get().attempts()).append(')');
            }
        }
        run.reason().ifPresent(reason -> text.append("  — ").append(reason));
        return text.toString();
    }

    /** Every step with its state. */
    public static List<String> steps(RunView run) {
        List<String> lines = new ArrayList<>();
        for (StepView step : run.steps()) {
            String state = step.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            String attempts = step.attempts() > 1 ? "  " + step.attempts() + " attempts" : "";
            String rows = step.rows().filter(count -> count > 0).map(count -> "  " + count + " rows").orElse("");
            String gate = step.gate().map(name -> "  behind gate " + name.wireName()).orElse("");
            lines.add(
                    String.format(Locale.ROOT, "  %s %-9s %s%s%s%s", mark(step.state()), state, step.title(), attempts,
                            rows, gate));
        }
        return lines;
    }

    /** {@code NO_GO at gate contract (blocked, P1): P1 stock-not-negative: 3 rows}. */
    public static String verdict(VerdictView verdict) {
        StringBuilder text = new StringBuilder(verdict.decision().name()).append(" at gate ")
                .append(verdict.gate().wireName());
        verdict.concluded().ifPresent(words -> text.append(" (").append(words).append(')'));
        List<String> open = verdict.evidence().stream().filter(item -> item.status() != Evidence.Status.PASSED)
                .map(item -> item.severity() + " " + item.claim() + ": " + item.measure()).toList();
        return open.isEmpty() ? text.toString() : text.append(": ").append(String.join("; ", open)).toString();
    }

    /** {@code INCONCLUSIVE at gate contract, not proven yet: parity, old-sessions}: without what changes at each look. */
    public static String asked(VerdictView verdict) {
        String open = verdict.evidence().stream().filter(item -> item.status() != Evidence.Status.PASSED)
                .map(item -> MessageJson.mapper().convertValue(item.kind(), String.class)).distinct().sorted()
                .collect(Collectors.joining(", "));
        String text = verdict.decision().name() + " at gate " + verdict.gate().wireName();
        return switch (verdict.decision()) {
            case GO -> text;
            case NO_GO -> text + ": " + open;
            case INCONCLUSIVE -> text + (open.isEmpty() ? ", proven, to be seen again" : ", not proven yet: " + open);
        };
    }

    private static char mark(StepState state) {
        return switch (state) {
            case SUCCEEDED -> '✓';
            case SKIPPED, REVERTED -> '–';
            case FAILED -> '✗';
            case PENDING -> '·';
            case RUNNING, WAITING_FOR_LOCK, THROTTLED -> '▸';
        };
    }
}
