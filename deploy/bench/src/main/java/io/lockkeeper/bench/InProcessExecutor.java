package io.lockkeeper.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;

import io.lockkeeper.executor.backfill.BackfillPolicy;
import io.lockkeeper.executor.claim.ClaimDesk;
import io.lockkeeper.executor.fault.CrashPoints;
import io.lockkeeper.executor.lock.LockPolicy;
import io.lockkeeper.executor.outbox.OutboxEvent;
import io.lockkeeper.executor.outbox.Relay;
import io.lockkeeper.executor.pace.SystemPace;
import io.lockkeeper.executor.postgres.MigratorSessions;
import io.lockkeeper.executor.postgres.Outbox;
import io.lockkeeper.executor.postgres.PostgresClaimDesk;
import io.lockkeeper.executor.postgres.PostgresCursorLedger;
import io.lockkeeper.executor.postgres.PostgresRunLedger;
import io.lockkeeper.executor.postgres.PostgresStepLedger;
import io.lockkeeper.executor.postgres.PostgresTargetLedger;
import io.lockkeeper.executor.postgres.RecordFiles;
import io.lockkeeper.executor.postgres.RunReader;
import io.lockkeeper.executor.preflight.AlertPath;
import io.lockkeeper.executor.preflight.Preflight;
import io.lockkeeper.executor.recovery.Adoption;
import io.lockkeeper.executor.throttle.Hooks;
import io.lockkeeper.executor.worker.StepRunner;
import io.lockkeeper.executor.worker.Workers;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.target.TargetRegistry;

/** The executor's own parts, put together as in the service, without Kafka and HTTP. */
final class InProcessExecutor implements AutoCloseable {

    static final String TARGET = "bench";
    static final int TARGETS_AT_ONCE = 12;

    private final Vertx vertx = Vertx.vertx();
    private final AtomicReference<Workers> workers = new AtomicReference<>();
    private final ClaimDesk claims;
    private final Set<String> completed = ConcurrentHashMap.newKeySet();

    /** @param databases by the name of their target */
    InProcessExecutor(Server server, Map<String, String> databases, BackfillPolicy backfill) throws IOException {
        Path home = Files.createTempDirectory("lockkeeper-bench");
        Files.createDirectories(home.resolve("targets"));
        Path password = Files.writeString(home.resolve("password"), server.password());
        for (Map.Entry<String, String> database : databases.entrySet()) {
            Files.writeString(home.resolve("targets").resolve(database.getKey() + ".yaml"), """
                    url: postgresql://%s:%d/%s
                    credentials:
                      default: { user: %s, password: "file:%s" }
                    """.formatted(server.host(), server.port(), database.getValue(), server.user(), password));
        }
        var registry = new TargetRegistry(home.resolve("targets"));
        var sessions = new MigratorSessions(vertx);
        var outbox = new Outbox();
        var pace = new SystemPace();
        var adoption = new Adoption(sessions, new PostgresTargetLedger(), pace, "bench", backfill.workers());
        var steps = new StepRunner(new PostgresStepLedger(outbox, new SimpleMeterRegistry()),
                new PostgresCursorLedger(), LockPolicy::of, backfill, Hooks.NONE,
                CrashPoints.NONE, pace);
        workers.set(new Workers(registry, adoption, sessions,
                new PostgresRunLedger(new RunReader(), outbox, new RecordFiles(Optional.empty())),
                new Preflight(Hooks.NONE, AlertPath.NONE, pace), steps,
                (target, needed) -> new Relay(target, needed, sessions, outbox,
                        this::published),
                Duration.ofSeconds(1), TARGETS_AT_ONCE));
        claims = new PostgresClaimDesk(registry, sessions, outbox, CrashPoints.NONE, name -> workers.get().wake(name));
    }

    InProcessExecutor start() {
        workers.get().start();
        return this;
    }

    private CompletableFuture<Void> published(OutboxEvent event) {
        if (event.headers().get("ce_id").endsWith("/milestone/completed")) {
            completed.add(event.key());
        }
        return CompletableFuture.completedFuture(null);
    }

    /** Targets whose last outcome has been published. */
    Set<String> completed() {
        return completed;
    }

    void claim(Plan plan) {
        ClaimDesk.Claim claim = claims.claim(new Envelope("plan/" + plan.release(), URI.create("/lockkeeper/bench"),
                Instant.now(), Optional.of(plan.release()), Optional.empty(), new PlanEvent.PlanProposed(plan)), plan);
        if (!(claim instanceof ClaimDesk.Claimed)) {
            throw new IllegalStateException("the plan for " + plan.target() + " was not taken: " + claim);
        }
    }

    @Override
    public void close() {
        workers.get().close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
