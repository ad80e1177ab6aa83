package io.lockkeeper.executor.testing;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import org.awaitility.Awaitility;

import io.lockkeeper.executor.backfill.BackfillPolicy;
import io.lockkeeper.executor.claim.ClaimDesk;
import io.lockkeeper.executor.claim.ClaimRules;
import io.lockkeeper.executor.control.ControlAnswer;
import io.lockkeeper.executor.fault.CrashPoints;
import io.lockkeeper.executor.gate.Receipt;
import io.lockkeeper.executor.history.HistoryAdoption;
import io.lockkeeper.executor.lock.LockPolicy;
import io.lockkeeper.executor.outbox.OutboxEvent;
import io.lockkeeper.executor.outbox.Publisher;
import io.lockkeeper.executor.outbox.Relay;
import io.lockkeeper.executor.pace.SystemPace;
import io.lockkeeper.executor.postgres.MigrationRecord;
import io.lockkeeper.executor.postgres.MigratorSessions;
import io.lockkeeper.executor.postgres.Outbox;
import io.lockkeeper.executor.postgres.PostgresClaimDesk;
import io.lockkeeper.executor.postgres.PostgresControlDesk;
import io.lockkeeper.executor.postgres.PostgresCursorLedger;
import io.lockkeeper.executor.postgres.PostgresHistoryDesk;
import io.lockkeeper.executor.postgres.PostgresRunLedger;
import io.lockkeeper.executor.postgres.PostgresStepLedger;
import io.lockkeeper.executor.postgres.PostgresTargetLedger;
import io.lockkeeper.executor.postgres.PostgresVerdictDesk;
import io.lockkeeper.executor.postgres.RecordFiles;
import io.lockkeeper.executor.postgres.RunReader;
import io.lockkeeper.executor.preflight.AlertPath;
import io.lockkeeper.executor.preflight.Preflight;
import io.lockkeeper.executor.recovery.Adoption;
import io.lockkeeper.executor.run.GateView;
import io.lockkeeper.executor.run.RunView;
import io.lockkeeper.executor.throttle.Hooks;
import io.lockkeeper.executor.worker.StepRunner;
import io.lockkeeper.executor.worker.Workers;
import io.lockkeeper.messages.Control;
import io.lockkeeper.messages.Envelope;
import io.lockkeeper.messages.Gate;
import io.lockkeeper.messages.Lsn;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.Plan.FileVersion;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.PlanHash;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.RunState;
import io.lockkeeper.messages.Verdict;
import io.lockkeeper.target.Session;

/** A whole executor on a real database, without Kafka and HTTP; what it publishes is kept. */
public final class Engine implements AutoCloseable {

    private final Shop shop;
    private final Vertx vertx = Vertx.vertx();
    private final MigratorSessions sessions = new MigratorSessions(vertx);
    private final RunReader reader = new RunReader();
    private final AtomicReference<Workers> workers = new AtomicReference<>();
    private final List<OutboxEvent> published = new CopyOnWriteArrayList<>();
    private final AtomicInteger verdicts = new AtomicInteger();
    private final String name;
    private final ClaimDesk claims;
    private final PostgresVerdictDesk verdictDesk;
    private final PostgresControlDesk controlDesk;

    public Engine(Shop shop, String name, Function<Policy, LockPolicy> locks, BackfillPolicy backfill) {
        this(shop, name, locks, backfill, 12);
    }

    public Engine(Shop shop, String name, Function<Policy, LockPolicy> locks, BackfillPolicy backfill,
            int targetsAtOnce) {
        this(shop, name, locks, backfill, targetsAtOnce, AlertPath.NONE);
    }

    private Engine(Shop shop, String name, Function<Policy, LockPolicy> locks, BackfillPolicy backfill,
            int targetsAtOnce, AlertPath alerts) {
        this.shop = shop;
        this.name = name;
        Outbox outbox = new Outbox();
        var pace = new SystemPace();
        var adoption = new Adoption(sessions, new PostgresTargetLedger(), pace, name, backfill.workers());
        var runs = new PostgresRunLedger(reader, outbox,
                new RecordFiles(Optional.of(shop.home().resolve("records"))));
        var steps = new StepRunner(new PostgresStepLedger(outbox, new SimpleMeterRegistry()),
                new PostgresCursorLedger(), locks,
                backfill, Hooks.NONE, CrashPoints.NONE, pace);
        Publisher publisher = event -> {
            published.add(event);
            return CompletableFuture.completedFuture(null);
        };
        workers.set(new Workers(shop.registry(), adoption, sessions, runs,
                new Preflight(Hooks.NONE, alerts, pace), steps,
                (target, needed) -> new Relay(target, needed, sessions, outbox, publisher), Duration.ofMillis(500),
                targetsAtOnce));
        claims = new PostgresClaimDesk(shop.registry(), sessions, outbox, CrashPoints.NONE, workers.get()::wake);
        verdictDesk = new PostgresVerdictDesk(shop.registry(), sessions, reader, outbox, Clock.systemUTC(),
                workers.get()::wake);
        controlDesk = new PostgresControlDesk(shop.registry(), sessions, reader, outbox, workers.get()::wake);
    }

    public static Engine started(Shop shop) {
        return named(shop, "engine").start();
    }

    /** Started; whether somebody would hear of its alerts is asked there. */
    public static Engine looking(Shop shop, AlertPath alerts) {
        return new Engine(shop, "engine", LockPolicy::of, BackfillPolicy.DEFAULT, 12, alerts).start();
    }

    /** Not started: takes plans, verdicts and controls into the ledger for somebody else to work on. */
    public static Engine named(Shop shop, String name) {
        return new Engine(shop, name, LockPolicy::of, BackfillPolicy.DEFAULT.with(2, 0));
    }

    /** As when something was written into the target's ledger. */
    public void wake(String target) {
        workers.get().wake(target);
    }

    public Engine start() {
        workers.get().start();
        return this;
    }

    public String name() {
        return name;
    }

    public Vertx vertx() {
        return vertx;
    }

    public Session session(String purpose) {
        return sessions.open(shop.target(), purpose);
    }

    /** The id of the run that a plan becomes when it is handed in by {@link #claim(Plan)}. */
    public static String runOf(Plan plan) {
        return ClaimRules.run(plan.target(), "plan/" + plan.release());
    }

    public ClaimDesk.Claim claim(Plan plan) {
        return claims.claim(new Envelope("plan/" + plan.release(), URI.create("/lockkeeper/planner"), Instant.now(),
                Optional.of(plan.release()), Optional.empty(), new PlanEvent.PlanProposed(plan)), plan);
    }

    public HistoryAdoption adopt(List<FileVersion> files) {
        return new PostgresHistoryDesk(shop.registry(), sessions).adopt(Shop.TARGET, files).orElseThrow();
    }

    public ControlAnswer control(String id, Control control) {
        return controlDesk.receive("/test", id, control).orElseThrow();
    }

    public RunView run(Plan plan) {
        return run(runOf(plan));
    }

    public RunView run(String id) {
        try (Session session = session("test")) {
            return reader.run(session, id).orElseThrow();
        }
    }

    /** What the run did, for people. */
    public String record(Plan plan) {
        try (Session session = session("test")) {
            return MigrationRecord.of(session, runOf(plan)).orElseThrow();
        }
    }

    /** A GO that matches the open gate in every field. */
    public Verdict go(RunView run, Gate gate) {
        GateView open = run.latest(gate).orElseThrow();
        Instant now = Instant.now();
        return new Verdict(run.target(), run.release(), run.id(), gate, open.attempt(), run.plan().hash(),
                open.marker(), new Lsn(open.marker().value() + 8), Verdict.Decision.GO, List.of(),
                PlanHash.of(List.of()), "demo", now, now.plusSeconds(60));
    }

    public Receipt verdict(Verdict verdict) {
        return verdict("verdict-" + verdicts.incrementAndGet(), verdict);
    }

    public Receipt verdict(String id, Verdict verdict) {
        return verdictDesk.receive("/lockkeeper/observer", id, verdict).orElseThrow();
    }

    public List<OutboxEvent> published() {
        return published;
    }

    /** Waits until the run is in one of these states; fails at once if it halts and that is none of them. */
    public RunView await(Plan plan, RunState... states) {
        Set<RunState> wanted = Set.of(states);
        Awaitility.await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(50)).failFast(() -> {
            RunView run = run(plan);
            if (run.state() == RunState.HALTED && !wanted.contains(RunState.HALTED)) {
                throw new AssertionError("halted: " + run.reason().orElse("no reason"));
            }
        }).until(() -> run(plan).state(), wanted::contains);
        return run(plan);
    }

    /** Waits until the gate is open, then gives it a GO. */
    public Receipt pass(Plan plan, Gate gate) {
        awaitGate(plan, gate);
        return verdict(go(run(plan), gate));
    }

    public void awaitGate(Plan plan, Gate gate) {
        Awaitility.await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(50))
                .until(() -> run(plan).openGate().filter(open -> open.gate() == gate).isPresent());
    }

    @Override
    public void close() {
        workers.get().close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
