package io.lockkeeper.planner.config;

import java.util.Optional;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.vertx.core.Vertx;
import org.eclipse.microprofile.config.inject.ConfigProperty;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.planner.intake.PlanIndex;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.postgres.PostgresScratchServer;
import io.lockkeeper.planner.postgres.PostgresTargets;
import io.lockkeeper.planner.rehearsal.Rehearser;
import io.lockkeeper.target.Target;
import io.lockkeeper.target.TargetRegistry;

/** Puts the features, which know no container, together. */
@ApplicationScoped
class PlannerBeans {

    @Produces
    @Singleton
    PostgresGrammar grammar() {
        return new PostgresGrammar();
    }

    void close(@Disposes PostgresGrammar grammar) {
        grammar.close();
    }

    @Produces
    @Singleton
    Targets targets(Vertx vertx, TargetRegistry registry) {
        return new PostgresTargets(vertx, registry);
    }

    @Produces
    @Singleton
    Planning planning(Targets targets, PostgresGrammar grammar, Vertx vertx, TargetRegistry registry,
            @ConfigProperty(name = "lockkeeper.planner.scratch-target") Optional<String> scratchTarget,
            @ConfigProperty(name = "lockkeeper.planner.sample-rows", defaultValue = "0") int sampledRows) {
        return new Planning(targets, new Planner(grammar), scratchTarget.map(name -> (release, plan, origin) -> {
            Target scratch = registry.find(name).orElseThrow(() -> new Targets.TargetUnreachable(
                    "there is no target " + name + ", which lockkeeper.planner.scratch-target names", null));
            return new Rehearser(new PostgresScratchServer(vertx, scratch), grammar).rehearse(release, plan, origin);
        }), sampledRows);
    }

    @Produces
    @Singleton
    PlanIndex index() {
        return new PlanIndex();
    }
}
