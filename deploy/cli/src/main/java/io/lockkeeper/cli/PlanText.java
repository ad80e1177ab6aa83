package io.lockkeeper.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Step;

/** A plan for people at a terminal. */
final class PlanText {

    private PlanText() {}

    static List<String> lines(Plan plan) {
        List<String> lines = new ArrayList<>();
        lines.add("plan of " + plan.release() + " for " + plan.target() + ": " + plan.steps().size() + " steps, "
                + (plan.watch().stream().isPresent() ? "watched by change stream" : "watched without a change stream"));
        Phase phase = null;
        for (Step step : plan.steps()) {
            if (step.phase() != phase) {
                phase = step.phase();
                lines.add("");
                lines.add(phase.name().toLowerCase(Locale.ROOT));
            }
            step.gate().ifPresent(gate -> lines.add("  ── gate " + gate.wireName() + " ──"));
            lines.add("  " + step.title() + (step.pointOfNoReturn() ? "   ← point of no return" : ""));
            if (!step.locks().isEmpty()) {
                lines.add("      locks: " + step.locks().stream()
                        .map(lock -> lock.mode().sql().toLowerCase(Locale.ROOT) + " on " + lock.relation())
                        .collect(Collectors.joining(", ")));
            }
        }
        if (!plan.notes().isEmpty()) {
            lines.add("");
            plan.notes().forEach(note -> lines.add("note: " + note));
        }
        lines.add("");
        lines.add("hash " + plan.hash());
        return lines;
    }
}
