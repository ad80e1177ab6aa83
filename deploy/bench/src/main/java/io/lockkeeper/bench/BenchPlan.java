package io.lockkeeper.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.EvidenceProfile;
import io.lockkeeper.messages.Phase;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.Step;
import io.lockkeeper.messages.Watch;

/** Plans without gates, written by hand. */
final class BenchPlan {

    static final String ASSIGNMENT = "amount::bigint";
    static final String DIFFERS = "amount_new IS DISTINCT FROM amount::bigint";

    private BenchPlan() {}

    static Plan backfill(String target, String release) {
        return of(target, release, List.of(step("010-backfill", Phase.MIGRATE,
                new Action.Backfill(RelationName.of("public", "orders"),
                        List.of(new Action.Backfill.Assignment("amount_new", ASSIGNMENT)), DIFFERS),
                List.of())));
    }

    static Step step(String id, Phase phase, Action action, List<Step.LockClaim> locks) {
        return new Step(id, phase, id, Optional.empty(), action, locks, Optional.empty(), Optional.empty(), false,
                Optional.empty(), Optional.empty());
    }

    static Plan of(String target, String release, List<Step> steps) {
        List<Step> all = new ArrayList<>(steps);
        all.add(step("999-conclude", Phase.MIGRATE, new Action.Conclude(Optional.empty()), List.of()));
        EvidenceProfile profile = new EvidenceProfile("demo", Duration.ofSeconds(1), 3, Duration.ofSeconds(5),
                Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60), 0,
                Map.of());
        Watch watch = new Watch(Optional.empty(), List.of(), List.of(), List.of(),
                new Application("shop", Optional.of("1"), "2", Optional.empty(), Optional.empty()), profile);
        Plan plan = new Plan(target, release, 180000, "",
                new Policy("demo", Duration.ofMillis(500), true, true, true, List.of()), List.of(), List.of(), all,
                watch, List.of(), List.of());
        return plan.withHash(PlanHash.of(plan));
    }
}
