package io.lockkeeper.planner.review;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.EvidenceKind;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Review;
import io.lockkeeper.messages.Review.Difficulty;
import io.lockkeeper.messages.Review.StepReview;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.report.StepSql;
import io.lockkeeper.planner.rewrite.Tolerance;

/** Answers, for a plan that is made, what people ask before they sign it. */
public final class Reviewer {

    private final PostgresGrammar grammar;
    private final Surroundings surroundings;

    public Reviewer(PostgresGrammar grammar, Surroundings surroundings) {
        this.grammar = grammar;
        this.surroundings = surroundings;
    }

    /** @param tolerances by step id: what the statement that the step comes from asks of each version */
    public Review review(Plan plan, Map<String, List<Tolerance>> tolerances) {
        RollbackCard card = new RollbackCard(grammar);
        RowShapes shapes = new RowShapes(grammar, surroundings);
        List<StepReview> steps = new ArrayList<>();
        boolean oldLives = true;
        boolean past = false;
        for (int i = 0; i < plan.steps().size(); i++) {
            Step step = plan.steps().get(i);
            boolean before = oldLives;
            oldLives &= step.gate().stream().noneMatch(gate -> asksOldVersionGone(plan, gate));
            past |= step.pointOfNoReturn();
            List<Tolerance> met = tolerances.getOrDefault(step.id(), List.of());
            steps.add(new StepReview(step.id(), oldWindow(plan, before, oldLives, met), newWindow(plan, i, met),
                    RollbackCard.difficulty(step, past), card.answers(step),
                    shapes.changedBy(StepSql.of(step.action()))));
        }
        Difficulty hardest = steps.stream().map(StepReview::difficulty).max(Comparator.naturalOrder())
                .orElse(Difficulty.EASY);
        return new Review(steps, hardest, new Readiness(plan, steps, surroundings).answers());
    }

    private static boolean asksOldVersionGone(Plan plan, Gate gate) {
        return plan.watch().profile().requiredBy(gate).contains(EvidenceKind.OLD_SESSIONS);
    }

    /** It lives until the first gate that asks for its end. */
    private static Optional<Review.Window> oldWindow(Plan plan, boolean before, boolean after, List<Tolerance> met) {
        return plan.watch().application().fromVersion().map(version -> new Review.Window(before, after,
                before ? texts(met, Tolerance.Side.OLD_VERSION) : List.of()));
    }

    /** It may write once everything is there that it writes, and read once that is filled. */
    private static Review.Window newWindow(Plan plan, int index, List<Tolerance> met) {
        boolean before = plan.steps().stream().skip(index).noneMatch(step -> step.phase() == Phase.EXPAND);
        boolean after = plan.steps().stream().skip(index + 1L).noneMatch(step -> step.phase() == Phase.EXPAND);
        List<String> tolerates = new ArrayList<>();
        if (after && plan.steps().stream().skip(index + 1L).anyMatch(step -> step.phase() == Phase.MIGRATE
                && step.source().isPresent())) {
            tolerates.add("writes the new shape, and reads the old one until the last migrate step has run");
        }
        if (after) {
            tolerates.addAll(texts(met, Tolerance.Side.NEW_WRITERS));
            tolerates.addAll(texts(met, Tolerance.Side.NEW_READERS));
        }
        return new Review.Window(before, after, tolerates);
    }

    private static List<String> texts(List<Tolerance> tolerances, Tolerance.Side side) {
        return tolerances.stream().filter(tolerance -> tolerance.side() == side).map(Tolerance::text).distinct()
                .toList();
    }
}
