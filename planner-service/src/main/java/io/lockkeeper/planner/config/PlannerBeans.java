package io.lockkeeper.planner.config;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

import io.vertx.core.Vertx;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.planner.intake.PlanIndex;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.postgres.PostgresTargets;
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
    Planning planning(Targets targets, PostgresGrammar grammar) {
        return new Planning(targets, new Planner(grammar));
    }

    @Produces
    @Singleton
    PlanIndex index() {
        return new PlanIndex();
    }
}
