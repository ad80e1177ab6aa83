package io.lockkeeper.cli;

import java.util.Locale;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Step;

/** A plan for people. */
final class PlanText {

    private final Terminal terminal;

    PlanText(Terminal terminal) {
        this.terminal = terminal;
    }

    void print(Plan plan) {
        terminal.line("plan of %s for %s: %d steps, %s", plan.release(), plan.target(), plan.steps().size(),
                plan.watch().stream().isPresent() ? "watched by change stream" : "watched without a change stream");
        Phase phase = null;
        for (Step step : plan.steps()) {
            if (step.phase() != phase) {
                phase = step.phase();
                terminal.line("");
                terminal.line("%s", phase.name().toLowerCase(Locale.ROOT));
            }
            step.gate().ifPresent(gate -> terminal.line("  ── gate %s ──", gate.wireName()));
            terminal.line("  %s%s", step.title(), step.pointOfNoReturn() ? "   ← point of no return" : "");
            String locks = step.locks().stream()
                    .map(lock -> lock.mode().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " on "
                            + lock.relation())
                    .collect(Collectors.joining(", "));
            if (!locks.isEmpty()) {
                terminal.line("      locks: %s", locks);
            }
        }
        if (!plan.notes().isEmpty()) {
            terminal.line("");
            plan.notes().forEach(note -> terminal.line("note: %s", note));
        }
        terminal.line("");
        terminal.line("hash %s", plan.hash());
    }
}
