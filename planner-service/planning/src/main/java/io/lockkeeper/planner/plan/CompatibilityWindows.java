package io.lockkeeper.planner.plan;

import java.util.ArrayList;
import java.util.List;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.rewrite.Tolerance;

/** Between which steps each version of the application may run, and what it must tolerate there. */
record CompatibilityWindows(Application application, List<Step> steps, List<Tolerance> tolerances) {

    List<Plan.CompatibilityWindow> all() {
        List<Plan.CompatibilityWindow> windows = new ArrayList<>();
        String lastExpand = last(Phase.EXPAND);
        String lastMigrate = last(Phase.MIGRATE).isEmpty() ? lastExpand : last(Phase.MIGRATE);
        boolean contracts = !last(Phase.CONTRACT).isEmpty();
        application.fromVersion().ifPresent(version -> windows.add(new Plan.CompatibilityWindow(version, "",
                contracts ? lastMigrate : "", tolerated(Tolerance.Side.OLD_VERSION, "runs unchanged"))));
        String version = application.toVersion();
        windows.add(new Plan.CompatibilityWindow(version, lastExpand, "",
                tolerated(Tolerance.Side.NEW_WRITERS, "may write from `expanded` on")));
        windows.add(new Plan.CompatibilityWindow(version, contracts ? lastMigrate : lastExpand, "",
                tolerated(Tolerance.Side.NEW_READERS, "may read from `migrated` on")));
        return windows;
    }

    private String tolerated(Tolerance.Side side, String summary) {
        List<String> texts = tolerances.stream().filter(tolerance -> tolerance.side() == side)
                .map(Tolerance::text).distinct().toList();
        return texts.isEmpty() ? summary : summary + ": " + String.join("; ", texts);
    }

    private String last(Phase phase) {
        return steps.stream().filter(step -> step.phase() == phase && !(step.action() instanceof Action.Conclude))
                .map(Step::id).reduce("", (first, next) -> next);
    }
}
