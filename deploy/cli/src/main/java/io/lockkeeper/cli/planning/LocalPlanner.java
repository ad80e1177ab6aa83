package io.lockkeeper.cli.planning;

import java.util.Optional;

import io.vertx.core.Vertx;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.planner.catalog.Catalog;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.plan.TargetSnapshot;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.postgres.PostgresTargets;

/** The planner as a library in this process: nothing is published, and no service needs to run. */
public final class LocalPlanner implements AutoCloseable {

    /** The plan that is made here is never released; the running planner names publication and slot by its own event. */
    private static final String EVENT = "local";

    private final PostgresGrammar grammar;
    private final Vertx vertx = Vertx.vertx();
    private final Targets targets;

    public LocalPlanner(PostgresGrammar grammar, PlanningTarget target) {
        this.grammar = grammar;
        targets = new PostgresTargets(vertx, target::find);
    }

    /** Rehearsed where the options or the release's policy say so. */
    public PlanEvent plan(ReleaseRequested release, RehearseOptions rehearsal, HomeDirectory home) {
        try {
            Planning planning = new Planning(targets, new Planner(grammar),
                    Optional.of(rehearsal.rehearsals(vertx, grammar, home)), rehearsal.sample());
            return rehearsal.rehearse() ? planning.rehearse(release, EVENT) : planning.plan(release, EVENT);
        } catch (Targets.TargetUnreachable e) {
            throw unreachable(e);
        }
    }

    public Catalog catalog(String target) {
        try {
            Targets.Opened opened = targets.open(target);
            if (opened instanceof Targets.Unusable unusable) {
                throw new CommandFailure(ExitCode.USAGE,
                        unusable.message() + ": add the target, or check its name [" + unusable.code() + "]");
            }
            try (TargetSnapshot snapshot = ((Targets.Open) opened).snapshot()) {
                return snapshot.catalog();
            }
        } catch (Targets.TargetUnreachable e) {
            throw unreachable(e);
        }
    }

    private static CommandFailure unreachable(Targets.TargetUnreachable e) {
        return new CommandFailure(ExitCode.UNREACHABLE, e.getMessage() + ": check that it answers", e);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
