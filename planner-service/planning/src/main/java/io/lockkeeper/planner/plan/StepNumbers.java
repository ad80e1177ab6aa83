package io.lockkeeper.planner.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.Watch;
import io.lockkeeper.planner.catalog.Stage;
import io.lockkeeper.planner.rewrite.Draft;
import io.lockkeeper.planner.rewrite.Tolerance;
import io.lockkeeper.planner.statement.SourceStatement;

/** Gives drafts in running order their numbers and gates, and puts before and behind them what every plan has. */
final class StepNumbers {

    private static final int STEP = 10;
    private static final int SLUG = 80;

    /** A draft, and the statement that it comes from. */
    record Placed(SourceStatement statement, Draft draft, List<Tolerance> tolerances) {}

    private StepNumbers() {}

    /**
     * @param sorted   in running order
     * @param estimate of a step, where there is one
     */
    static List<Step> of(List<Placed> sorted, Optional<Watch.Stream> stream,
            Optional<Action.CreatePublication> publication,
            Function<Draft, Optional<Step.Estimate>> estimate) {
        List<Step> steps = new ArrayList<>();
        publication.ifPresent(published -> steps.add(publication(published)));
        boolean armable = !sorted.isEmpty() && sorted.get(0).draft().stage().gate().isEmpty();
        int number = 1;
        if (!armable) {
            steps.add(plainStep(number++ * STEP, "observation-armed", "Observation is armed", Phase.EXPAND,
                    Optional.of(Gate.ARMED), new Action.Ddl(List.of())));
        }
        boolean past = false;
        for (int i = 0; i < sorted.size(); i++) {
            Draft draft = sorted.get(i).draft();
            Optional<Gate> gate = i == 0 && armable ? Optional.of(Gate.ARMED) : draft.stage().gate();
            // What holds no rows can be made again.
            boolean first = draft.stage() == Stage.DROP && draft.undo().isEmpty() && !past;
            past |= first;
            steps.add(new Step(id(number++ * STEP, draft.slug()), draft.stage().phase(), draft.title(), gate,
                    draft.action(), draft.locks(), draft.undo(), draft.validation(), first,
                    Optional.of(sorted.get(i).statement().source()), estimate.apply(draft)));
        }
        boolean contracts = steps.stream().anyMatch(step -> step.phase() == Phase.CONTRACT);
        steps.add(plainStep(number * STEP, "conclude", "Write the migration history, and take observation down",
                contracts ? Phase.CONTRACT : Phase.MIGRATE,
                contracts ? Optional.of(Gate.WATCHED) : Optional.empty(), new Action.Conclude(stream)));
        return steps;
    }

    private static Step publication(Action.CreatePublication publication) {
        return new Step(id(0, "create-publication"), Phase.EXPAND, "Publish the watched tables for observation",
                Optional.empty(), publication, publication.tables().stream()
                        .map(table -> new Step.LockClaim(table, LockMode.SHARE_UPDATE_EXCLUSIVE)).toList(),
                Optional.empty(), Optional.empty(), false, Optional.empty(), Optional.empty());
    }

    private static Step plainStep(int number, String slug, String title, Phase phase, Optional<Gate> gate,
            Action action) {
        return new Step(id(number, slug), phase, title, gate, action, List.of(), Optional.empty(), Optional.empty(),
                false, Optional.empty(), Optional.empty());
    }

    private static String id(int number, String slug) {
        String plain = slug.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]+", "-");
        return String.format(Locale.ROOT, "%03d-%s", number,
                plain.length() <= SLUG ? plain : plain.substring(0, SLUG));
    }
}
