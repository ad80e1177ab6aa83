package io.lockkeeper.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Review;
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
            locks(lines, "locks: ", step.locks());
            step.undo().ifPresent(undo -> locks(lines, "to take back: ", undo.locks()));
            step.estimate().flatMap(Step.Estimate::duration).ifPresent(time -> lines.add("      about "
                    + Math.max(1, time.toSeconds()) + " s of work"
                    + step.estimate().flatMap(Step.Estimate::basis).map(basis -> ", " + basis).orElse("")));
            plan.review().flatMap(review -> review.find(step.id())).ifPresent(review -> review(lines, review));
        }
        plan.review().ifPresent(review -> {
            lines.add("");
            review.readiness().forEach(answer -> lines.add(String.format(Locale.ROOT, "%-17s %s",
                    answer.question().name().toLowerCase(Locale.ROOT).replace('_', ' '), answer.answer())));
        });
        if (!plan.notes().isEmpty()) {
            lines.add("");
            plan.notes().forEach(note -> lines.add("note: " + note));
        }
        lines.add("");
        lines.add("hash " + plan.hash());
        plan.rehearsal().ifPresent(hash -> lines.add("rehearsed " + hash));
        return lines;
    }

    private static void locks(List<String> lines, String what, List<Step.LockClaim> locks) {
        if (!locks.isEmpty()) {
            lines.add("      " + what + locks.stream()
                    .map(lock -> lock.mode().sql().toLowerCase(Locale.ROOT) + " on " + lock.relation())
                    .collect(Collectors.joining(", ")));
        }
    }

    private static void review(List<String> lines, Review.StepReview review) {
        String old = review.oldVersion()
                .map(window -> window.after() ? "old version runs on" : window.before() ? "old version until here" : "")
                .orElse("");
        String now = review.newVersion().after() ? "new version may run after it" : "new version not yet";
        lines.add("      " + (old.isEmpty() ? "" : old + ", ") + now + "; to take back: "
                + review.difficulty().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        if (!review.preparedStatements().isEmpty()) {
            lines.add("      prepared statements that fail once (0A000): "
                    + String.join(", ", review.preparedStatements()));
        }
    }
}
